/** The transaction that a unit of work hands to its work: SQL through `manager`, events as outbox rows. */
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { HubError, queuesOf } from '@modelbank/contracts';
import type { Clock, Envelope, EventBodies, EventName, QueueName } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { OutboxMessageEntity } from '../outbox/outbox.entity';
import { insertRow } from '../schema/insert-row';
import type { Transaction } from '../unit-of-work';

export class OutboxTransaction implements Transaction {
  /** Queues that got a row. */
  readonly written = new Set<QueueName>();

  /** `traceparent` of the event that is being consumed: what this unit emits belongs to the same trace. */
  constructor(
    readonly manager: EntityManager,
    private readonly clock: Clock,
    private readonly traceparent: string | null,
  ) {}

  async emit<E extends EventName>(
    event: E,
    centreId: string,
    body: EventBodies[E],
    causationId: string,
  ): Promise<void> {
    const queues = queuesOf(event);
    if (queues.length === 0) throw new HubError('INTERNAL', `no stage subscribes to ${event}`);
    const now = this.clock.now();
    const envelope: Envelope<E> = {
      messageId: uuidv7(this.clock),
      schemaVersion: 1,
      event,
      occurredAt: now.toISOString(),
      centreId,
      causationId,
      traceparent: childOf(this.traceparent),
      body,
    };
    const rows = queues.map((queue) => outboxRow(uuidv7(this.clock), queue, envelope, now));
    await insertRow(this.manager, OutboxMessageEntity, rows);
    for (const queue of queues) this.written.add(queue);
  }
}

function outboxRow(id: string, queue: QueueName, envelope: Envelope, now: Date) {
  return {
    id,
    messageId: envelope.messageId,
    queue,
    envelope,
    state: 'pending' as const,
    attempts: 0,
    nextAttemptAt: now,
    lastError: null,
    deadAt: null,
  };
}

/** W3C Trace Context: version, trace id (kept), a new span id, sampled. */
function childOf(traceparent: string | null): string {
  const traceId = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? '')?.[1];
  return `00-${traceId ?? randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
