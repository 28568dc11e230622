/** What became of an attempt, written with its event or journal entry; only the row's current claim may write. */
import { In } from 'typeorm';
import type { Clock, DeliveryState, HubError } from '@modelbank/contracts';
import { statusText } from '@modelbank/dimse';
import type { StoreStatus } from '@modelbank/dimse';
import type { Configuration } from '@modelbank/platform';
import { DeliveryEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import type { SendDecision } from './check-before-sending';
import { nextAttemptAt } from './retry-schedule';

type Change = Partial<Omit<DeliveryEntity, 'id'>>;

/** Where a delivery may be when its receiver's answer comes late: its claim was lost, or a person acted on it. */
const UNDER_WAY: readonly DeliveryState[] = ['sending', 'waiting', 'awaitingCompletion', 'parked', 'blocked'];
const LAST_ERROR_LENGTH = 1000;

export class DeliveryOutcomes {
  constructor(
    private readonly parts: {
      readonly unitOfWork: UnitOfWork;
      readonly clock: Clock;
      readonly configuration: Configuration;
    },
  ) {}

  /**
   * The receiver has it, whatever happened to the row meanwhile: also for a delivery that was cancelled while it was under
   * way, or whose claim was lost. Told once, however many senders got through.
   */
  async delivered(delivery: DeliveryEntity, status: StoreStatus): Promise<void> {
    const { unitOfWork, clock } = this.parts;
    const { id, resultId, centreId } = delivery;
    const stateCode = status.kind === 'warning' ? 'DELIVERED_WITH_WARNING' : null;
    await unitOfWork.run(async (tx) => {
      const mark = async (states: readonly DeliveryState[], code: string | null) => {
        const change = {
          state: 'delivered',
          stateCode: code,
          deliveredAt: clock.now(),
          lastStatus: status.code,
        } as const;
        const rest = { lastError: null, nextAttemptAt: null, leaseExpiresAt: null };
        const { affected } = await tx.manager.update(
          DeliveryEntity,
          { id, state: In([...states]) },
          { ...change, ...rest },
        );
        return affected === 1;
      };
      if (!(await mark(UNDER_WAY, stateCode)) && !(await mark(['cancelled'], 'DELIVERED_WHILE_WITHDRAWN'))) return;
      await tx.emit('result.delivered', centreId, { resultId, deliveryId: id, centreId }, id);
    });
  }

  /** Later, by the schedule; parked when the days are used up. */
  async tryAgain(delivery: DeliveryEntity, error: HubError, status: number | null): Promise<void> {
    const { clock, configuration } = this.parts;
    const next = nextAttemptAt(delivery.attempts, delivery.createdAt, clock.now(), configuration.delivery);
    if (next === null) return this.park(delivery, error, status);
    await this.parts.unitOfWork.run((tx) =>
      this.settle(tx, delivery, {
        state: 'waiting',
        stateCode: error.code,
        lastError: textOf(error, status),
        lastStatus: status,
        nextAttemptAt: next,
      }),
    );
  }

  /** Waits for a person; never deleted. */
  async park(delivery: DeliveryEntity, error: HubError, status: number | null): Promise<void> {
    await this.stop(delivery, 'parked', { code: error.code, text: textOf(error, status), status });
  }

  /** Nothing was sent: it waits for its series or a person, or must not leave any more. */
  async notSent(delivery: DeliveryEntity, decision: Exclude<SendDecision, { kind: 'send' }>): Promise<void> {
    if (decision.kind === 'blocked') {
      await this.stop(delivery, 'blocked', { code: decision.code, text: decision.reason, status: null });
      return;
    }
    const change: Change =
      decision.kind === 'withdrawn'
        ? { state: 'cancelled', stateCode: 'WITHDRAWN' }
        : { state: 'awaitingCompletion', stateCode: null };
    await this.parts.unitOfWork.run((tx) => this.settle(tx, delivery, { ...change, nextAttemptAt: null }));
  }

  private async stop(
    delivery: DeliveryEntity,
    state: 'parked' | 'blocked',
    { code, text, status }: { readonly code: string; readonly text: string; readonly status: number | null },
  ): Promise<void> {
    await this.parts.unitOfWork.run(async (tx) => {
      const change = { state, stateCode: code, lastError: text, lastStatus: status, nextAttemptAt: null };
      if (!(await this.settle(tx, delivery, change))) return;
      await appendJournal(tx, this.parts.clock, {
        kind: `delivery.${state}`,
        centreId: delivery.centreId,
        actor: 'hub',
        subjectId: delivery.id,
        text: `the delivery is ${state}: ${text}`.slice(0, LAST_ERROR_LENGTH),
        details: { code, attempts: delivery.attempts },
      });
    });
  }

  /** A write of the claim's owner, which ends the claim; false when it is the owner no more. */
  private async settle(tx: Transaction, { id, attempts }: DeliveryEntity, change: Change): Promise<boolean> {
    const { affected } = await tx.manager.update(
      DeliveryEntity,
      { id, state: 'sending', attempts },
      { ...change, leaseExpiresAt: null },
    );
    return affected === 1;
  }
}

/** Our own words and the peer's status; a peer's own comment (0000,0902) may quote a patient and is never read. */
function textOf(error: HubError, status: number | null): string {
  const text = status === null ? error.message : `${error.message} (${statusText(status)})`;
  return text.slice(0, LAST_ERROR_LENGTH);
}
