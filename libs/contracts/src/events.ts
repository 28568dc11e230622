/**
 * Every event of the journey and its body. Bodies carry ids and UIDs only: patient identity never enters a message.
 */

/** Ids are UUIDv7 text; UIDs are DICOM UIDs that a parser has checked. */
export interface EventBodies {
  /** An image instance is durable. `instanceId` names the row; the pixels stay in the object store. */
  'image.stored': { instanceId: string; centreId: string; studyInstanceUid: string; seriesInstanceUid: string };
  /** An association ended: released by the sender, aborted, or dropped. */
  'association.ended': { associationId: string; centreId: string; outcome: 'released' | 'aborted' };
  /** A regular input set exists. `provisional` until its series is complete: it may run, its result may not leave. */
  'inputSet.assembled': { inputSetId: string; centreId: string; provisional: boolean };
  /** The series of an input set is complete: results made from it may leave. */
  'inputSet.completed': { inputSetId: string; centreId: string };
  /** A series cannot be used as it is; a person decides. */
  'series.held': { seriesId: string; heldItemId: string; centreId: string; code: string };
  /** A late or other slice made the input set obsolete. */
  'series.superseded': { inputSetId: string; centreId: string; reason: string };
  /** Exactly one model version per task was chosen for the input set. */
  'models.selected': { inputSetId: string; centreId: string; taskSelectionIds: string[] };
  /** No registered version applies; the nearest misses are stored with the decisions. */
  'inputSet.notApplicable': { inputSetId: string; centreId: string };
  /** Two versions claim a task, two series tie, or a parameter is missing; a person decides. */
  'selection.held': { inputSetId: string; heldItemId: string; centreId: string; code: string };
  /** A person decided on a held selection: its input set is evaluated again. */
  'selection.released': { inputSetId: string; heldItemId: string; centreId: string };
  /** A model version was registered: what is held is evaluated again. */
  'model.registered': { modelVersionId: string };
  /** A better series of the same study took over the task from this selection. */
  'task.outranked': { taskSelectionId: string; centreId: string };
  /** A job waits for an inference worker. */
  'inference.requested': { jobId: string; centreId: string };
  /** The job's label volumes are durable. */
  'inference.completed': { jobId: string; centreId: string };
  /** The job failed for good (attempts used up, or the output must not be used). */
  'inference.failed': { jobId: string; centreId: string; code: string };
  /** The job's input set was superseded or outranked: its results must not leave, or are visibly superseded. */
  'job.cancelled': { jobId: string; centreId: string; reason: string };
  /** A result object is durable and passed our own checks. */
  'result.built': { resultId: string; jobId: string; centreId: string };
  /** A result may no longer leave; where it has left, the receivers are told that it is superseded. */
  'result.withdrawn': { resultId: string; centreId: string; reason: string };
  /** The receiver acknowledged the result with 0x0000 (or a warning status that means stored). */
  'result.delivered': { resultId: string; deliveryId: string; centreId: string };
}

export type EventName = keyof EventBodies;

/** What travels: the body inside an envelope that every consumer can trace and dedupe by. */
export interface Envelope<E extends EventName = EventName> {
  /** UUIDv7; the same for every subscriber and every repetition of one event. */
  readonly messageId: string;
  readonly schemaVersion: 1;
  readonly event: E;
  /** ISO UTC. */
  readonly occurredAt: string;
  /** Empty for events that belong to no centre (`model.registered`). */
  readonly centreId: string;
  /** messageId of the event that caused this one, or the id of the outside cause (association, API request). */
  readonly causationId: string;
  /** W3C trace context. */
  readonly traceparent: string;
  readonly body: EventBodies[E];
}
