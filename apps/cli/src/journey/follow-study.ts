/** Follows a study until nothing of it will change by itself but deliveries that fail, telling each new thing once. */
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '@modelbank/contracts';
import type { HubClient } from '../hub-client';
import { isOnlyDelivering, progressLines, studyProgress } from './study-progress';
import type { StudyProgressAnswer } from './study-progress';

const LOOK_EVERY_MS = 250;
/** After this silence it says what it waits for, and again after twice that, and so on. */
const PATIENCE_MS = 10_000;

export interface FollowOptions {
  readonly timeoutMs: number;
  readonly tell: (line: string) => void;
}

export async function followStudy(
  hub: HubClient,
  studyInstanceUid: string,
  centreId: string,
  options: FollowOptions,
): Promise<StudyProgressAnswer> {
  const giveUpAt = performance.now() + options.timeoutMs;
  const told = new Map<string, number>();
  let silentSince = performance.now();
  let patienceMs = PATIENCE_MS;
  for (;;) {
    const progress = await studyProgress(hub, studyInstanceUid, centreId);
    for (const line of newLines(progressLines(progress), told)) {
      options.tell(line);
      silentSince = performance.now();
      patienceMs = PATIENCE_MS;
    }
    if (progress.settled || isOnlyDelivering(progress)) return progress;
    if (performance.now() - silentSince > patienceMs) {
      options.tell(waitingFor(progress));
      silentSince = performance.now();
      patienceMs *= 2;
    }
    if (performance.now() > giveUpAt) {
      throw new HubError('PEER_TIMEOUT', 'the study did not come to its end in time', {
        advice: 'it goes on in the hub: look with bin/modelbank jobs, or wait longer with --timeout-seconds',
      });
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Lines that were not told yet; one that stands there more often than before (two receivers, say) is new again. */
export function newLines(lines: readonly string[], told: Map<string, number>): string[] {
  const seen = new Map<string, number>();
  return lines.filter((line) => {
    const count = (seen.get(line) ?? 0) + 1;
    seen.set(line, count);
    if (count <= (told.get(line) ?? 0)) return false;
    told.set(line, count);
    return true;
  });
}

/** What the study waits for, as far as it can be told from its progress. */
export function waitingFor(progress: StudyProgressAnswer): string {
  const open = progress.series.filter(({ state }) => state === 'open').length;
  if (open > 0) return `waiting    ${open} series may still get slices (settle time)`;
  const jobs = progress.series.flatMap(({ inputSets }) =>
    inputSets.flatMap(({ tasks }) => tasks.flatMap((task) => task.jobs)),
  );
  const deliveries = jobs.flatMap(({ results }) => results.flatMap((result) => result.deliveries));
  if (jobs.some(({ state }) => state === 'running')) return 'waiting    the model runs';
  if (jobs.some(({ state }) => state === 'queued')) return 'waiting    for a worker that is free';
  const failed = deliveries.find(({ state, attempts }) => state === 'waiting' && attempts > 0);
  if (failed !== undefined) return `waiting    the receiver is tried again (${failed.attempts} attempts so far)`;
  return 'waiting    for the next stage';
}
