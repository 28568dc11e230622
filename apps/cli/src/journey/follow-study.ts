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
  const told = new Set<string>();
  let silentSince = performance.now();
  let patienceMs = PATIENCE_MS;
  for (;;) {
    const progress = await studyProgress(hub, studyInstanceUid, centreId);
    for (const line of progressLines(progress).filter((candidate) => !told.has(candidate))) {
      told.add(line);
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

function waitingFor(progress: StudyProgressAnswer): string {
  const open = progress.series.filter(({ state }) => state === 'open').length;
  return open > 0 ? `waiting    ${open} series may still get slices (settle time)` : 'waiting    the model runs';
}
