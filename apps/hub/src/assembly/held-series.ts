/** A person's word on a series that is held: use it in spite of what may be overruled, or leave it for good. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { CLOCK, HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { Clock, HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { SeriesEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { disposeOf } from './instance-dispositions';
import { judgeSeries, overruledBy } from './judge-series';
import type { SeriesVerdict } from './judge-series';
import { readSeriesContents } from './series-contents';
import type { SeriesContents } from './series-contents';
import { completeSeries } from './series-outcome';

@Injectable()
export class HeldSeries implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'series';

  constructor(
    @Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  /**
   * Complete as it is, or held again for what nobody has looked at yet. What is no volume at all (two frames of reference,
   * a tilted gantry) cannot be made one by a word.
   */
  async release(tx: Transaction, item: HeldItem): Promise<void> {
    const series = await this.heldSeries(tx, item);
    const contents = await readSeriesContents(tx.manager, series);
    const overruled = overruledBy(item.code);
    if (contents === undefined || overruled === undefined || !mayGoOn(judgeSeries(contents.slices, overruled))) {
      throw new HubError('SERIES_NOT_USABLE', `a series that is held for ${item.code} is not one volume`, {
        advice: 'Send the missing or corrected slices, or discard it.',
      });
    }
    refuseUnseen(contents);
    await completeSeries(tx, this.clock, series, contents, item.id, overruled);
  }

  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    const series = await this.heldSeries(tx, item);
    await tx.manager.update(SeriesEntity, { id: series.id }, { state: 'discarded', stateCode: item.code });
    const contents = await readSeriesContents(tx.manager, series);
    if (contents !== undefined) await disposeOf(tx, contents, 'notApplicable', 'DISCARDED');
  }

  private async heldSeries(tx: Transaction, item: HeldItem): Promise<SeriesEntity> {
    const series = await tx.manager.findOneByOrFail(SeriesEntity, { id: item.subjectId });
    if (series.state === 'held') return series;
    throw new HubError('CONFLICT', `the series is ${series.state} now and no longer held`);
  }
}

function mayGoOn(verdict: SeriesVerdict): boolean {
  return verdict.kind === 'regular' || (verdict.kind === 'irregular' && overruledBy(verdict.code) !== undefined);
}

/** A slice that came after the hold, and whose event is still on its way, is not what the person looked at. */
function refuseUnseen({ instances }: SeriesContents): void {
  if (instances.every(({ disposition }) => disposition !== 'waiting')) return;
  throw new HubError('CONFLICT', 'another slice of the series has just arrived', {
    advice: 'Look at the held items again in a moment.',
  });
}
