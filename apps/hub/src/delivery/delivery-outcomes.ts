/** What became of an attempt, written with its event or journal entry; only the row's current claim may write. */
import type { Clock, HubError } from '@modelbank/contracts';
import { statusText } from '@modelbank/dimse';
import type { StoreStatus } from '@modelbank/dimse';
import type { Configuration } from '@modelbank/platform';
import type { ReleaseDecision } from '@modelbank/registry';
import { DeliveryEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { nextAttemptAt } from './retry-schedule';

type Change = Partial<Omit<DeliveryEntity, 'id'>>;

export class DeliveryOutcomes {
  constructor(
    private readonly parts: {
      readonly unitOfWork: UnitOfWork;
      readonly clock: Clock;
      readonly configuration: Configuration;
    },
  ) {}

  /** Also for a delivery that was cancelled while it was under way: the receiver has it, so the row must say so. */
  async delivered(delivery: DeliveryEntity, status: StoreStatus): Promise<void> {
    const { unitOfWork, clock } = this.parts;
    await unitOfWork.run(async (tx) => {
      const { id, resultId, centreId } = delivery;
      const change = { deliveredAt: clock.now(), lastStatus: status.code, lastError: null, leaseExpiresAt: null };
      const stateCode = status.kind === 'warning' ? 'DELIVERED_WITH_WARNING' : null;
      if (!(await this.settle(tx, delivery, { ...change, state: 'delivered', stateCode }))) {
        await tx.manager.update(
          DeliveryEntity,
          { id, state: 'cancelled' },
          { ...change, state: 'delivered', stateCode: 'DELIVERED_WHILE_WITHDRAWN' },
        );
      }
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
        lastError: error.message,
        lastStatus: status,
        nextAttemptAt: next,
        leaseExpiresAt: null,
      }),
    );
  }

  /** Waits for a person; never deleted. */
  async park(delivery: DeliveryEntity, error: HubError, status: number | null): Promise<void> {
    const text = status === null ? error.message : `${error.message} (${statusText(status)})`;
    await this.stop(delivery, 'parked', error.code, text, status);
  }

  async blocked(delivery: DeliveryEntity, decision: ReleaseDecision): Promise<void> {
    await this.stop(delivery, 'blocked', decision.code, decision.reason, null);
  }

  private async stop(
    delivery: DeliveryEntity,
    state: 'parked' | 'blocked',
    code: string,
    text: string,
    status: number | null,
  ): Promise<void> {
    await this.parts.unitOfWork.run(async (tx) => {
      const change = { state, stateCode: code, lastError: text.slice(0, 1000), lastStatus: status };
      await this.settle(tx, delivery, { ...change, nextAttemptAt: null, leaseExpiresAt: null });
      await appendJournal(tx, this.parts.clock, {
        kind: `delivery.${state}`,
        centreId: delivery.centreId,
        actor: 'hub',
        subjectId: delivery.id,
        text: `the delivery is ${state}: ${text}`.slice(0, 1000),
        details: { code, attempts: delivery.attempts },
      });
    });
  }

  private async settle(tx: Transaction, delivery: DeliveryEntity, change: Change): Promise<boolean> {
    const { affected } = await tx.manager.update(
      DeliveryEntity,
      { id: delivery.id, state: 'sending', attempts: delivery.attempts },
      change,
    );
    return affected === 1;
  }
}
