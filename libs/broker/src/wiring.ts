/** Compares the map of the journey with the handlers that are there: what does not fit stops the hub at start-up. */
import { HubError, JOURNEY, queueName, STAGES } from '@modelbank/contracts';
import type { EventName, QueueName, Stage, StageDescription } from '@modelbank/contracts';

export type Journey = Readonly<Record<Stage, StageDescription>>;

/**
 * Throws INVALID_CONFIGURATION with every difference: an event without a subscriber, a subscriber without an event, a queue
 * without a handler, a handler without a queue, two handlers of one queue. `handlers` has one entry per handler.
 */
export function checkWiring(handlers: readonly string[], journey: Journey = JOURNEY): void {
  const problems = [...mapProblems(journey), ...handlerProblems(handlers, journey)];
  if (problems.length === 0) return;
  throw new HubError('INVALID_CONFIGURATION', `the stages are not wired as the journey says: ${problems.join('; ')}`);
}

function mapProblems(journey: Journey): string[] {
  const emitted = new Set<EventName>(STAGES.flatMap((stage) => journey[stage].emits));
  const subscribed = new Set<EventName>(STAGES.flatMap((stage) => journey[stage].subscribesTo));
  return [
    ...[...emitted].filter((event) => !subscribed.has(event)).map((event) => `no stage subscribes to ${event}`),
    ...[...subscribed].filter((event) => !emitted.has(event)).map((event) => `no stage emits ${event}`),
  ];
}

function handlerProblems(handlers: readonly string[], journey: Journey): string[] {
  const queues = new Set<string>(queuesOf(journey));
  const known = new Set(handlers);
  return [
    ...[...queues].filter((queue) => !known.has(queue)).map((queue) => `${queue} has no handler`),
    ...[...known].filter((handler) => !queues.has(handler)).map((handler) => `the handler of ${handler} has no queue`),
    ...[...known]
      .filter((handler) => handlers.indexOf(handler) !== handlers.lastIndexOf(handler))
      .map((handler) => `${handler} has more than one handler`),
  ];
}

function queuesOf(journey: Journey): QueueName[] {
  return STAGES.flatMap((stage) => journey[stage].subscribesTo.map((event) => queueName(stage, event)));
}
