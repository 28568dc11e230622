/**
 * Sends what is due: claims one delivery at a time, asks the policy once more, sends, and says `delivered` only after the
 * peer's 0x0000 (or a warning that means stored). A claim is a lease, so that a killed hub's delivery is sent again: the
 * same bytes under the same UID, which a receiver keeps once.
 */
import { HubError, asHubError } from '@modelbank/contracts';
import type { Clock, CrashPoints } from '@modelbank/contracts';
import { isStored } from '@modelbank/dimse';
import type { StoreStatus } from '@modelbank/dimse';
import type { Configuration, HubLogger } from '@modelbank/platform';
import type { DeliveryEntity, ReadStore, UnitOfWork } from '@modelbank/store';
import { claimDelivery } from './claim-delivery';
import { releaseCompleted } from './completion';
import { DeliveryOutcomes } from './delivery-outcomes';
import { mayBeDelivered } from './may-be-delivered';
import type { SendResult } from './send-result';

export interface SenderParts {
  readonly unitOfWork: UnitOfWork;
  readonly store: ReadStore;
  readonly clock: Clock;
  readonly crashPoints: CrashPoints;
  readonly configuration: Configuration;
  readonly log: HubLogger;
  readonly send: SendResult;
}

export class DeliverySender {
  private readonly outcomes: DeliveryOutcomes;

  constructor(private readonly parts: SenderParts) {
    this.outcomes = new DeliveryOutcomes(parts);
  }

  /** One delivery; false when none is due. */
  async sendNext(): Promise<boolean> {
    const { unitOfWork, store, clock, configuration } = this.parts;
    await unitOfWork.run((tx) => releaseCompleted(tx, clock));
    const delivery = await claimDelivery(unitOfWork, store, configuration.delivery.timeoutMs, clock);
    if (delivery === null) return false;
    try {
      await this.deliver(delivery);
    } catch (thrown) {
      await this.failed(delivery, asHubError(thrown));
    }
    return true;
  }

  private async deliver(delivery: DeliveryEntity): Promise<void> {
    const { store, crashPoints, send } = this.parts;
    const decision = await mayBeDelivered(store, delivery);
    if (!decision.allowed) {
      await this.outcomes.blocked(delivery, decision);
      return;
    }
    crashPoints.reach('delivery.beforeSend');
    const status = await send(delivery);
    crashPoints.reach('delivery.afterPeerResponse');
    await this.settle(delivery, status);
    crashPoints.reach('delivery.afterCommit');
  }

  private settle(delivery: DeliveryEntity, status: StoreStatus): Promise<void> {
    if (isStored(status)) return this.outcomes.delivered(delivery, status);
    const error = new HubError('PEER_REFUSED_INSTANCE', `the receiver answered: ${status.meaning}`);
    return status.kind === 'retryableFailure'
      ? this.outcomes.tryAgain(delivery, error, status.code)
      : this.outcomes.park(delivery, error, status.code);
  }

  /** The peer gave no status: what may pass is tried again, a rejection or a wrong certificate needs a person. */
  private async failed(delivery: DeliveryEntity, error: HubError): Promise<void> {
    this.parts.log.warn('delivery failed', { stage: 'delivery', deliveryId: delivery.id, code: error.code }, error);
    if (error.retryable) await this.outcomes.tryAgain(delivery, error, null);
    else await this.outcomes.park(delivery, error, null);
  }
}
