/** What waits for a person: held once per (kind, subject, code), resolved once, with who and why. */
import type { Clock, HeldKind, HeldState } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { insertRow } from '../schema/insert-row';
import { HeldItemEntity } from '../selection/selection.entity';
import type { Transaction } from '../unit-of-work';

export interface HeldFact {
  readonly kind: HeldKind;
  readonly centreId: string;
  /** Id of the instance, series, input set or job. */
  readonly subjectId: string;
  readonly code: string;
  /** In words, without patient data. */
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>> | null;
}

export interface Resolution {
  readonly state: Exclude<HeldState, 'held'>;
  /** `operator`, or `hub` where the reason went away by itself. */
  readonly by: string;
  readonly why: string;
}

/** Id of the open item for this subject and code: the one that exists, or a new one. */
export async function holdItem(tx: Transaction, clock: Clock, fact: HeldFact): Promise<string> {
  const { kind, subjectId, code } = fact;
  const open = await tx.manager.findOneBy(HeldItemEntity, { kind, subjectId, code, state: 'held' });
  if (open !== null) return open.id;
  const item: HeldItemEntity = {
    id: uuidv7(clock),
    centreId: fact.centreId,
    kind,
    subjectId,
    code,
    reason: fact.reason,
    details: fact.details ?? null,
    state: 'held',
    heldAt: clock.now(),
    resolvedAt: null,
    resolvedBy: null,
    resolvedWhy: null,
  };
  await insertRow(tx.manager, HeldItemEntity, item);
  return item.id;
}

/** Closes an open item; false when it does not exist or was closed before, and then nothing changes. */
export async function resolveHeldItem(
  tx: Transaction,
  clock: Clock,
  heldItemId: string,
  resolution: Resolution,
): Promise<boolean> {
  return (await close(tx, clock, { id: heldItemId }, resolution)) === 1;
}

/** Closes what is open for a subject (with one code, or with any); says how many items that were. */
export function resolveHeldItemsOf(
  tx: Transaction,
  clock: Clock,
  subject: { readonly kind: HeldKind; readonly subjectId: string; readonly code?: string },
  resolution: Resolution,
): Promise<number> {
  return close(tx, clock, subject, resolution);
}

async function close(
  tx: Transaction,
  clock: Clock,
  where: Partial<Pick<HeldItemEntity, 'id' | 'kind' | 'subjectId' | 'code'>>,
  { state, by, why }: Resolution,
): Promise<number> {
  const { affected } = await tx.manager.update(
    HeldItemEntity,
    { ...where, state: 'held' },
    { state, resolvedAt: clock.now(), resolvedBy: by, resolvedWhy: why },
  );
  return affected ?? 0;
}
