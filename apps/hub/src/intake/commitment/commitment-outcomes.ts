/** What became of an attempt to report, written with its journal entry; only the row's current claim may write. */
import type { Clock, HubError } from '@modelbank/contracts';
import type { CommitmentConfiguration } from '@modelbank/platform';
import { CommitmentEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';

const DAY_MS = 86_400_000;
const LAST_ERROR_LENGTH = 1_000;

type Change = Partial<Pick<CommitmentEntity, 'state' | 'stateCode' | 'reportedAt' | 'dueAt' | 'lastError'>>;

export class CommitmentOutcomes {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Pick<CommitmentConfiguration, 'retryAfterMs' | 'giveUpAfterDays'>,
  ) {}

  async reported(commitment: CommitmentEntity, status: number): Promise<void> {
    const change = { state: 'reported', stateCode: null, reportedAt: this.clock.now(), dueAt: null } as const;
    const text = `the gateway took the report after ${commitment.attempts} attempts`;
    await this.unitOfWork.run((tx) => this.settle(tx, commitment, { ...change, lastError: null }, text, { status }));
  }

  /** Later, by the schedule; parked when the days are used up. The decision stands either way. */
  async tryAgain(commitment: CommitmentEntity, error: HubError): Promise<void> {
    const { retryAfterMs, giveUpAfterDays } = this.settings;
    const waitMs = retryAfterMs[Math.min(commitment.attempts, retryAfterMs.length) - 1];
    const dueAt = new Date(this.clock.now().getTime() + waitMs);
    if (dueAt.getTime() - commitment.requestedAt.getTime() > giveUpAfterDays * DAY_MS) {
      return this.park(commitment, error);
    }
    const change = { dueAt, stateCode: error.code, lastError: textOf(error) };
    await this.unitOfWork.run((tx) => this.settle(tx, commitment, change));
  }

  /** Waits for a person; what was promised is kept as promised. */
  async park(commitment: CommitmentEntity, error: HubError): Promise<void> {
    const change = { state: 'parked', stateCode: error.code, dueAt: null, lastError: textOf(error) } as const;
    const text = `nobody took the report of a storage commitment: ${textOf(error)}`;
    await this.unitOfWork.run((tx) => this.settle(tx, commitment, change, text));
  }

  private async settle(
    tx: Transaction,
    { id, attempts, centreId }: CommitmentEntity,
    change: Change,
    text?: string,
    details?: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { affected } = await tx.manager.update(CommitmentEntity, { id, attempts }, change);
    if (affected !== 1 || text === undefined) return;
    const kind = `commitment.${change.state}`;
    await appendJournal(tx, this.clock, { kind, centreId, actor: 'hub', subjectId: id, text, details });
  }
}

function textOf(error: HubError): string {
  return error.message.slice(0, LAST_ERROR_LENGTH);
}
