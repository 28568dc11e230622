/**
 * N-EVENT-REPORT from us to the peer of an association that it opened (PS3.7 section 10.1.1): one at a time, as without an
 * asynchronous operations window; its response is told from the peer's own requests by the response bit.
 */
import { HubError } from '@modelbank/contracts';
import { COMMAND, encodeEventReportRequest, type Command, type NormalizedInstance } from '../command/command-set';
import { encodeCommandPdus, encodeDataSetPdus } from '../pdu/encode-pdu';
import { ProtocolViolation } from '../pdu/violation';
import type { Timers } from '../transport/timers';

export interface EventReport extends NormalizedInstance {
  readonly eventTypeId: number;
  /** In the transfer syntax of the presentation context. */
  readonly dataSet: Buffer;
}

interface Waiting {
  readonly messageId: number;
  resolve(status: number): void;
  reject(failure: HubError): void;
}

export class EventReports {
  private nextMessageId = 1;
  private waiting?: Waiting;
  private ended?: HubError;

  constructor(
    private readonly parts: {
      readonly timers: Timers;
      readonly responseMs: number;
      readonly sendingLength: number;
      send(pdu: Buffer): Promise<void> | undefined;
    },
  ) {}

  get isOpen(): boolean {
    return this.ended === undefined;
  }

  /** Resolves with the peer's status. Throws PEER_ABORTED when the association ends before, PEER_TIMEOUT, or INTERNAL. */
  async report(contextId: number, report: EventReport): Promise<number> {
    if (this.ended) throw this.ended;
    if (this.waiting) throw new HubError('INTERNAL', 'an association carries one event report at a time');
    const messageId = this.nextMessageId;
    this.nextMessageId = (messageId % 0xffff) + 1;
    const answered = new Promise<number>((resolve, reject) => (this.waiting = { messageId, resolve, reject }));
    const { timers, responseMs, sendingLength } = this.parts;
    const cancel = timers.after(responseMs, () =>
      this.settle()?.reject(new HubError('PEER_TIMEOUT', `no answer to an event report within ${responseMs} ms`)),
    );
    const command = encodeEventReportRequest(messageId, report, report.eventTypeId);
    // all at once: no other message of ours may come between the PDUs of this one
    for (const pdu of encodeCommandPdus(command, contextId, sendingLength)) void this.parts.send(pdu);
    for (const pdu of encodeDataSetPdus(report.dataSet, contextId, sendingLength)) void this.parts.send(pdu);
    return answered.finally(cancel);
  }

  /** A response came. One that nobody waits for any more is late and means nothing; any other response breaks the protocol. */
  respond({ commandField, messageIdBeingRespondedTo, status, dataSetFollows }: Command): void {
    const isOurs = commandField === COMMAND.nEventReportResponse && this.nextMessageId > 1 && !dataSetFollows;
    if (!isOurs || status === undefined) {
      throw new ProtocolViolation('serviceUser', 'a response came, though nothing was asked');
    }
    if (messageIdBeingRespondedTo === this.waiting?.messageId) this.settle()?.resolve(status);
  }

  /** The association is over. */
  end(): void {
    this.ended ??= new HubError('PEER_ABORTED', 'the association ended');
    this.settle()?.reject(this.ended);
  }

  private settle(): Waiting | undefined {
    const waiting = this.waiting;
    this.waiting = undefined;
    return waiting;
  }
}
