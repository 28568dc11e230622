/** One attempt at one message, or at several together: the handler's outcome decides between done, tried again later, and the dead letters. */
import { asHubError, HubError } from '@modelbank/contracts';
import type { Clock, OutboxReader, PendingMessage } from '@modelbank/contracts';
import type { HubLogger, LogFields, Metrics, Scheduler } from '@modelbank/platform';
import type { Handle } from './handlers';
import type { WakeUps } from './wake-ups';

/** What every transport is made of. */
export interface TransportParts {
  readonly outbox: OutboxReader;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: HubLogger;
  readonly metrics: MessageMetrics;
}

export type Outcome = 'done' | 'retry' | 'dead';

export type MessageMetrics = ReturnType<typeof messageMetrics>;

const SLOW_HANDLER_MS = 60_000;

export function messageMetrics(metrics: Metrics) {
  return {
    messages: metrics.counter('modelbank_messages_total', 'Messages by what became of them', ['queue', 'outcome']),
    durations: metrics.durations('modelbank_message_seconds', 'Time in the handler of a message', ['queue']),
  };
}

/**
 * Messages of one queue, as many as its handler takes at once. When they fail together each is tried alone, so that one
 * message cannot fail another. Rejects only when the outbox itself cannot be read or written; then nothing is lost.
 */
export async function processMessages(
  parts: TransportParts,
  messages: readonly PendingMessage[],
  handle: Handle,
): Promise<void> {
  if (messages.length > 1 && (await processTogether(parts, messages, handle))) return;
  for (const message of messages) await processMessage(parts, message, handle);
}

async function processTogether(
  parts: TransportParts,
  messages: readonly PendingMessage[],
  handle: Handle,
): Promise<boolean> {
  const { failure } = await attempt(parts, messages, handle);
  if (failure !== null || (await parts.outbox.pendingOf(messages.map(({ id }) => id))).length > 0) return false;
  parts.metrics.messages.inc({ queue: messages[0].queue, outcome: 'done' }, messages.length);
  return true;
}

/** Rejects only when the outbox itself cannot be read or written; then nothing is lost, the message is still there. */
export async function processMessage(parts: TransportParts, message: PendingMessage, handle: Handle): Promise<Outcome> {
  const { fields, failure } = await attempt(parts, [message], handle);
  const { queue } = message;
  const outcome =
    failure === null ? await settleSuccess(parts.outbox, message) : await settleFailure(parts, message, failure);
  parts.metrics.messages.inc({ queue, outcome });
  if (outcome === 'retry') parts.logger.warn('a message failed and is tried again later', fields, failure);
  if (outcome === 'dead')
    parts.logger.error('a message was moved to the dead letters', failure ?? notConsumed(), fields);
  return outcome;
}

interface Attempt {
  readonly fields: LogFields;
  readonly failure: HubError | null;
}

async function attempt(
  { scheduler, logger, clock, metrics }: TransportParts,
  messages: readonly PendingMessage[],
  handle: Handle,
): Promise<Attempt> {
  const { queue, envelope, attempts } = messages[0];
  const { messageId, centreId } = envelope;
  const fields = { queue, messageId, centreId, attempt: attempts + 1, count: messages.length };
  const stopWatching = scheduler.after(SLOW_HANDLER_MS, () =>
    logger.warn('a message has been in its handler for a minute', fields),
  );
  const startedMs = clock.monotonicMs();
  const failure = await failureOf(handle.call(messages.map((message) => message.envelope)));
  stopWatching();
  metrics.durations.observe({ queue }, (clock.monotonicMs() - startedMs) / 1000);
  return { fields, failure };
}

async function failureOf(work: Promise<void>): Promise<HubError | null> {
  try {
    await work;
    return null;
  } catch (thrown) {
    return asHubError(thrown);
  }
}

/** `consume` deletes the row: one that is still there belongs to a handler that forgot it, and would run for ever. */
async function settleSuccess(outbox: OutboxReader, message: PendingMessage): Promise<Outcome> {
  if ((await outbox.pendingOf([message.id])).length === 0) return 'done';
  await outbox.bury(message.id, notConsumed());
  return 'dead';
}

function settleFailure({ outbox }: TransportParts, message: PendingMessage, failure: HubError): Promise<Outcome> {
  return outbox.recordFailure(message.id, failure);
}

function notConsumed(): HubError {
  return new HubError('INTERNAL', 'the handler ended without consuming its message through the unit of work');
}
