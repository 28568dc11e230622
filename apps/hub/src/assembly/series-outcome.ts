/** What a series becomes when it is complete: an input set, not applicable, or held with the reason. */
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity, InputSetEntity, SeriesEntity, holdItem } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { currentInputSet, establishInputSet, supersede } from './input-sets';
import { disposeOf } from './instance-dispositions';
import { judgeSeries } from './judge-series';
import type { Overruled, SeriesVerdict } from './judge-series';
import type { SeriesContents } from './series-contents';

type Irregular = Extract<SeriesVerdict, { kind: 'irregular' }>;

/** What whoever decides must know: the centre holds a result that the hub no longer stands by. */
const WITHOUT_SUCCESSOR =
  'a result of an earlier revision was delivered, is superseded, and has no successor while the series is held';

/** Ends the assembly of this revision. `overruled`: what a person said it may be used in spite of. */
export async function completeSeries(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  contents: SeriesContents,
  causationId: string,
  overruled?: Overruled,
): Promise<SeriesVerdict> {
  const verdict = judgeSeries(contents.slices, overruled);
  if (verdict.kind === 'regular') {
    await establishInputSet(tx, clock, series, contents, verdict, 'complete', causationId);
    await disposeOf(tx, contents, 'assembled', null);
    await close(tx, clock, series, contents, 'complete', null);
    return verdict;
  }
  const current = await currentInputSet(tx, series);
  if (current !== null) await supersede(tx, current, verdict.sentence, causationId);
  if (verdict.kind === 'notApplicable') {
    await disposeOf(tx, contents, 'notApplicable', verdict.code);
    await close(tx, clock, series, contents, 'notApplicable', verdict.code);
  } else {
    await hold(tx, clock, series, verdict, causationId);
    await disposeOf(tx, contents, 'held', verdict.code);
    await close(tx, clock, series, contents, 'held', verdict.code);
  }
  return verdict;
}

/** Lets a model run ahead of time on what looks whole; its results wait for the series to be complete. */
export async function startAheadOfTime(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  contents: SeriesContents,
  causationId: string,
): Promise<void> {
  const verdict = judgeSeries(contents.slices);
  if (verdict.kind !== 'regular') return;
  await establishInputSet(tx, clock, series, contents, verdict, 'provisional', causationId);
  await disposeOf(tx, contents, 'assembled', null);
}

async function hold(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  verdict: Irregular,
  causationId: string,
): Promise<void> {
  const { id: seriesId, centreId } = series;
  const { code, sentence, observed } = verdict;
  const reason = (await wasDelivered(tx, series)) ? `${sentence}; ${WITHOUT_SUCCESSOR}` : sentence;
  const details = { seriesInstanceUid: series.seriesInstanceUid, revision: series.revision, ...observed };
  const heldItemId = await holdItem(tx, clock, {
    kind: 'series',
    centreId,
    subjectId: seriesId,
    code,
    reason,
    details,
  });
  await tx.emit('series.held', centreId, { seriesId, heldItemId, centreId, code }, causationId);
}

/** Of an earlier revision: the current input set has been superseded. */
function wasDelivered({ manager }: Transaction, { id: seriesId }: SeriesEntity): Promise<boolean> {
  const ofSeries = manager.createQueryBuilder(InputSetEntity, 'inputSet').select('inputSet.id');
  return manager
    .createQueryBuilder(DeliveryEntity, 'delivery')
    .where(`delivery.inputSetId IN (${ofSeries.where('inputSet.seriesId = :seriesId').getQuery()})`)
    .andWhere('delivery.state = :delivered')
    .setParameters({ seriesId, delivered: 'delivered' })
    .getExists();
}

async function close(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  contents: SeriesContents,
  state: 'complete' | 'held' | 'notApplicable',
  stateCode: string | null,
): Promise<void> {
  await tx.manager.update(
    SeriesEntity,
    { id: series.id },
    {
      state,
      stateCode,
      instanceCount: contents.instances.length,
      declaredCount: contents.declaredCount,
      lastInstanceAt: contents.lastInstanceAt,
      deadlineAt: null,
      completedAt: clock.now(),
    },
  );
}
