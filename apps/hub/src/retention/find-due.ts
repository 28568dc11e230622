/** Walks over what is kept, oldest first, and yields the series whose time is over. Bounded by what is kept, not by history. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, READ_STORE } from '@modelbank/contracts';
import type { Clock, InstanceDisposition } from '@modelbank/contracts';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { InstanceEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { daysAfter, isDue, judgeRetention } from './judge-retention';
import type { RetentionVerdict } from './judge-retention';
import { RetentionRules } from './retention-rules';
import type { KnownPeriods } from './retention-rules';
import { readKeptSeries } from './series-use';
import type { KeptSeries } from './series-use';

export type DueSeries = KeptSeries & { readonly verdict: RetentionVerdict };

/** What waits is in use by definition, what is deleted is gone. */
const CANDIDATES: readonly InstanceDisposition[] = ['assembled', 'notApplicable', 'held'];
const PAGE = 1000;
/** Series that were looked at, so that each is looked at once; forgotten where there are more. */
const MOST_REMEMBERED = 20_000;

const POSITION = ['id', 'centreId', 'seriesInstanceUid', 'receivedAt'] as const;
/** `receivedAt` as it lies in the database: ISO text sorts in time order. */
type Position = Readonly<Record<(typeof POSITION)[number], string>>;

@Injectable()
export class FindDue {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly rules: RetentionRules,
  ) {}

  async *walk(): AsyncGenerator<DueSeries> {
    const { sweepEveryMs } = this.configuration.retention;
    const known = await this.rules.known();
    const now = this.clock.now();
    const youngest = new Date(daysAfter(now, -shortestDays(known)).getTime() + sweepEveryMs);
    const seen = new Set<string>();
    for (const disposition of CANDIDATES) {
      for await (const { centreId, seriesInstanceUid } of this.instances(disposition, youngest)) {
        const name = `${centreId}|${seriesInstanceUid}`;
        if (seen.has(name)) continue;
        if (seen.size >= MOST_REMEMBERED) seen.clear();
        seen.add(name);
        const series = await readKeptSeries(this.readStore.manager, { centreId, seriesInstanceUid }, known);
        if (series === undefined) continue;
        const verdict = judgeRetention(series.use, series.periods);
        if (isDue(verdict, now, sweepEveryMs)) yield { ...series, verdict };
      }
    }
  }

  private async *instances(disposition: InstanceDisposition, youngest: Date): AsyncGenerator<Position> {
    let after: Position | undefined;
    for (;;) {
      const page = await this.page(disposition, youngest, after);
      yield* page;
      if (page.length < PAGE) return;
      after = page[page.length - 1];
    }
  }

  /** Plain rows: to make entities of a hundred thousand takes most of the time of a sweep. */
  private page(disposition: InstanceDisposition, youngest: Date, after?: Position): Promise<Position[]> {
    const query = this.readStore.manager.createQueryBuilder(InstanceEntity, 'instance').select([]);
    for (const column of POSITION) query.addSelect(`instance.${column}`, column);
    query
      .where('instance.disposition = :disposition', { disposition })
      .andWhere('instance.receivedAt <= :youngest', { youngest: youngest.toISOString() });
    if (after !== undefined) {
      query
        .andWhere('instance.receivedAt >= :at', { at: after.receivedAt })
        .andWhere('(instance.receivedAt > :at OR instance.id > :id)', { id: after.id });
    }
    return query
      .orderBy('instance.receivedAt', 'ASC')
      .addOrderBy('instance.id', 'ASC')
      .limit(PAGE)
      .getRawMany<Position>();
  }
}

function shortestDays({ standard, ofProtocols }: KnownPeriods): number {
  const all = [standard, ...ofProtocols.values()];
  return Math.min(...all.flatMap(({ afterDeliveryDays, unassignedDays }) => [afterDeliveryDays, unassignedDays]));
}
