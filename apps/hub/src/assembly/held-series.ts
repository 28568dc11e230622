/** A person's word on a series that is held: use it in spite of what may be overruled, or leave it for good. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { CLOCK, HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { Clock, HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { SeriesEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { disposeOf } from './instance-dispositions';
import { isReleasable, judgeSeries } from './judge-series';
import { readSeriesContents } from './series-contents';
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

  /** Complete as it is. What is no volume at all (two frames of reference, a tilted gantry) cannot be made one by a word. */
  async release(tx: Transaction, item: HeldItem): Promise<void> {
    const series = await this.heldSeries(tx, item);
    const contents = await readSeriesContents(tx.manager, series);
    const verdict = contents === undefined ? undefined : judgeSeries(contents.slices, true);
    if (contents === undefined || !isReleasable(item.code) || verdict?.kind !== 'regular') {
      throw new HubError('SERIES_NOT_USABLE', `a series that is held for ${item.code} is not one volume`, {
        advice: 'Send the missing or corrected slices, or discard it.',
      });
    }
    await completeSeries(tx, this.clock, series, contents, item.id, true);
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
