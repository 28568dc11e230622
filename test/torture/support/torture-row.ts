/** One row of the torture suite as a value: what is done to the hub, and what the peer must see (docs/torture.md). */
import type { Attacker } from './attacker';

export interface TortureRow {
  /** As in the table of bad inputs, e.g. `B3`; several rows may share one. */
  readonly id: string;
  readonly title: string;
  /**
   * Does it, and says what the peer saw in the words of `Attacker.reply`: `A-ABORT 2/6`, `A-ASSOCIATE-RJ 1/1/3`, `0xC000`,
   * `closed`, or, for other doors, whatever words the row chooses (`HTTP 413`). Several answers make a list.
   */
  readonly attack: (attacker: Attacker) => Promise<string | readonly string[]>;
  readonly expected: string | readonly string[];
  /** The one audit event, or one for each thing that was refused. Absent: there must be none: it is served or ignored. */
  readonly audit?: ExpectedAudit | readonly ExpectedAudit[];
  /** Something is kept, and what becomes of it is the row's own business. Default: nothing may be. */
  readonly isKept?: boolean;
  /** The hub reads it in a process of its own, which must be gone again. Default: no process may be started. */
  readonly isReadInChild?: boolean;
  /** The whole row must be over by then, the peer's own waiting included. */
  readonly withinMs?: number;
}

export interface ExpectedAudit {
  /** Kind of the journal entry. */
  readonly kind: string;
  /** `details.code`: the rule, or the error code of the instance. */
  readonly code: string;
  /** Null: nobody can know. Default: the attacker's. */
  readonly centreId?: string | null;
}

/** Why the upper layer ended an association, in the journal. */
export const peerRefused = (code: string): ExpectedAudit => ({ kind: 'peer.refused', code });
export const instanceRefused = (code: string): ExpectedAudit => ({ kind: 'instance.refused', code });
export const associationRejected = (code: string): ExpectedAudit => ({ kind: 'association.rejected', code });
