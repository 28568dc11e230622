/**
 * Sends what is due: claims a delivery, asks once more whether it may leave, sends, and says `delivered` only after the
 * peer's 0x0000 (or a warning that means stored). A claim is a lease, so that a killed hub's delivery is sent again: the
 * same bytes under the same UID, which a receiver keeps once. One destination gets one delivery at a time: a receiver that
 * hangs holds up its own results only.
 */
import { HubError, asHubError } from '@modelbank/contracts';
import type { Clock, CrashPoints } from '@modelbank/contracts';
import { isStored } from '@modelbank/dimse';
import type { StoreStatus } from '@modelbank/dimse';
import type { Configuration, HubLogger } from '@modelbank/platform';
import type { DeliveryEntity, ReadStore, UnitOfWork } from '@modelbank/store';
import { checkBeforeSending } from './check-before-sending';
import { claimDelivery, dueDeliveries, renewClaim } from './claim-delivery';
import { awaitsCompletion, releaseCompleted } from './completion';
import { DeliveryOutcomes } from './delivery-outcomes';
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
  private readonly busyDestinationIds = new Set<string>();

  constructor(private readonly parts: SenderParts) {
    this.outcomes = new DeliveryOutcomes(parts);
  }

  /** One delivery; false when none is due. May run several times side by side. */
  async sendNext(): Promise<boolean> {
    const { unitOfWork, store, clock } = this.parts;
    if (await awaitsCompletion(store.manager)) await unitOfWork.run((tx) => releaseCompleted(tx, clock));
    for (const due of await dueDeliveries(store, this.busyDestinationIds, clock)) {
      if (this.busyDestinationIds.has(due.destinationId)) continue;
      this.busyDestinationIds.add(due.destinationId);
      try {
        if (await this.sendDue(due)) return true;
      } finally {
        this.busyDestinationIds.delete(due.destinationId);
      }
    }
    return false;
  }

  /** False when another process took it. */
  private async sendDue(due: DeliveryEntity): Promise<boolean> {
    const delivery = await claimDelivery(this.parts.unitOfWork, due, this.leaseMs, this.parts.clock);
    if (delivery === null) return false;
    const renewal = setInterval(() => void this.renew(delivery), this.leaseMs / 3);
    try {
      await this.deliver(delivery);
    } catch (thrown) {
      await this.failed(delivery, asHubError(thrown));
    } finally {
      clearInterval(renewal);
    }
    return true;
  }

  /** The receiver has the whole time-out for itself; the lease outlasts it. */
  private get leaseMs(): number {
    return 3 * this.parts.configuration.delivery.timeoutMs;
  }

  /** A failure costs nothing yet: the next renewal comes before the lease ends. */
  private async renew(delivery: DeliveryEntity): Promise<void> {
    const { unitOfWork, clock, log } = this.parts;
    await renewClaim(unitOfWork, delivery, this.leaseMs, clock).catch((thrown: unknown) =>
      log.warn('a delivery could not be renewed', { stage: 'delivery', deliveryId: delivery.id }, thrown),
    );
  }

  private async deliver(delivery: DeliveryEntity): Promise<void> {
    const { store, crashPoints, send } = this.parts;
    const decision = await checkBeforeSending(store, delivery);
    if (decision.kind !== 'send') {
      await this.outcomes.notSent(delivery, decision);
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
