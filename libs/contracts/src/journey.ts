/**
 * The map of Modelbank: every stage of the journey a CT slice makes, in order, with the events it subscribes to and emits.
 *
 * Read this first. A stage is a folder of the same name in `apps/hub/src`; an event is a queue per subscriber; a crash
 * point is a place at which the process may die without losing or doubling anything (test/journeys/crash-points shows it).
 * The hub compares this table with its own handlers at start-up and refuses to start when they differ.
 */
import type { EventName } from './events';
import type { CrashPoint } from './crash-points';

/** The stages in the order in which data travels through them. */
export const STAGES = [
  'intake',
  'assembly',
  'selection',
  'dispatch',
  'inference',
  'results',
  'delivery',
  'models',
  'journal',
] as const;
export type Stage = (typeof STAGES)[number];

export interface StageDescription {
  /** What goes in and what comes out, in one line. */
  readonly does: string;
  /** The application that runs the stage. */
  readonly app: 'hub';
  readonly subscribesTo: readonly EventName[];
  readonly emits: readonly EventName[];
  readonly crashPoints: readonly CrashPoint[];
}

export const JOURNEY: Readonly<Record<Stage, StageDescription>> = {
  intake: {
    does: 'C-STORE over mutual TLS, STOW-RS -> durable instance',
    app: 'hub',
    subscribesTo: [],
    emits: ['image.stored', 'association.ended'],
    crashPoints: ['intake.whileReceiving', 'intake.beforeFsync', 'intake.beforeCommit', 'intake.beforeResponse'],
  },
  assembly: {
    does: 'instances -> complete, geometrically sound series (input sets)',
    app: 'hub',
    subscribesTo: ['image.stored', 'association.ended'],
    emits: ['inputSet.assembled', 'inputSet.completed', 'series.held', 'series.superseded'],
    crashPoints: ['assembly.beforeCommit', 'assembly.afterCommit'],
  },
  selection: {
    does: 'input set -> the model versions that apply and may run, each refusal with its reason',
    app: 'hub',
    subscribesTo: ['inputSet.assembled', 'model.registered', 'selection.released', 'series.superseded'],
    emits: ['models.selected', 'inputSet.notApplicable', 'selection.held', 'selection.released', 'task.outranked'],
    crashPoints: ['selection.beforeCommit', 'selection.afterCommit'],
  },
  dispatch: {
    does: 'one job per (input set, model package, parameters)',
    app: 'hub',
    subscribesTo: ['models.selected', 'series.superseded', 'task.outranked'],
    emits: ['inference.requested', 'job.cancelled'],
    crashPoints: ['dispatch.beforeCommit', 'dispatch.afterCommit'],
  },
  inference: {
    does: 'a leased job -> label volumes, in a child process',
    app: 'hub',
    subscribesTo: ['inference.requested'],
    emits: ['inference.completed', 'inference.failed'],
    crashPoints: ['inference.afterClaim', 'inference.whileRunning', 'inference.beforeCommit', 'inference.afterCommit'],
  },
  results: {
    does: 'label volumes -> RTSTRUCT, checked before it leaves',
    app: 'hub',
    subscribesTo: ['inference.completed', 'job.cancelled', 'result.delivered'],
    emits: ['result.built', 'result.withdrawn'],
    crashPoints: ['results.beforeCommit', 'results.afterCommit'],
  },
  delivery: {
    does: "result -> the centre's PACS or TPS",
    app: 'hub',
    subscribesTo: ['result.built', 'inputSet.completed', 'result.withdrawn'],
    emits: ['result.delivered'],
    crashPoints: ['delivery.beforeSend', 'delivery.afterPeerResponse', 'delivery.afterCommit'],
  },
  models: {
    does: 'the registry: packages and their versions, which selection reads',
    app: 'hub',
    subscribesTo: [],
    emits: ['model.registered'],
    crashPoints: ['models.beforeCommit'],
  },
  journal: {
    does: 'what happened, for the auditor and for the one who can act',
    app: 'hub',
    subscribesTo: ['series.held', 'selection.held', 'inputSet.notApplicable', 'inference.failed', 'result.delivered'],
    emits: [],
    crashPoints: ['journal.beforeCommit'],
  },
};

/** The queue of one subscriber of one event; also the outbox row's `subscriber`. One handler per queue. */
export type QueueName = `${Stage}.${EventName}`;

export function queueName(stage: Stage, event: EventName): QueueName {
  return `${stage}.${event}`;
}

/** The queues an event is written to: one outbox row each. */
export function queuesOf(event: EventName): QueueName[] {
  return STAGES.filter((stage) => JOURNEY[stage].subscribesTo.includes(event)).map((stage) => queueName(stage, event));
}
