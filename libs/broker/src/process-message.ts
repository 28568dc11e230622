/** One attempt at one message: the handler's outcome decides between done, tried again later, and the dead letters. */
import { asHubError, HubError } from '@modelbank/contracts';
import type { Clock, OutboxReader, PendingMessage } from '@modelbank/contracts';
import type { HubLogger, Metrics, Scheduler } from '@modelbank/platform';
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

/** Rejects only when the outbox itself cannot be read or written; then nothing is lost, the message is still there. */
export async function processMessage(parts: TransportParts, message: PendingMessage, handle: Handle): Promise<Outcome> {
  const { queue, envelope } = message;
  const fields = { queue, messageId: envelope.messageId, centreId: envelope.centreId, attempt: message.attempts + 1 };
  const stopWatching = parts.scheduler.after(SLOW_HANDLER_MS, () =>
    parts.logger.warn('a message has been in its handler for a minute', fields),
  );
  const startedMs = parts.clock.monotonicMs();
  const failure = await attempt(handle, message);
  stopWatching();
  parts.metrics.durations.observe({ queue }, (parts.clock.monotonicMs() - startedMs) / 1000);
  const outcome =
    failure === null ? await settleSuccess(parts.outbox, message) : await settleFailure(parts, message, failure);
  parts.metrics.messages.inc({ queue, outcome });
  if (outcome === 'retry') parts.logger.warn('a message failed and is tried again later', fields, failure);
  if (outcome === 'dead')
    parts.logger.error('a message was moved to the dead letters', failure ?? notConsumed(), fields);
  return outcome;
}

async function attempt(handle: Handle, message: PendingMessage): Promise<HubError | null> {
  try {
    await handle(message.envelope);
    return null;
  } catch (thrown) {
    return asHubError(thrown);
  }
}

/** `consume` deletes the row: one that is still there belongs to a handler that forgot it, and would run for ever. */
async function settleSuccess(outbox: OutboxReader, message: PendingMessage): Promise<Outcome> {
  if (!(await outbox.isPending(message.id))) return 'done';
  await outbox.bury(message.id, notConsumed());
  return 'dead';
}

function settleFailure({ outbox }: TransportParts, message: PendingMessage, failure: HubError): Promise<Outcome> {
  return outbox.recordFailure(message.id, failure);
}

function notConsumed(): HubError {
  return new HubError('INTERNAL', 'the handler ended without consuming its message through the unit of work');
}
