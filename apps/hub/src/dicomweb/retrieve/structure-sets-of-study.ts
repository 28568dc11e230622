/** The structure sets whose contours a picture shows: those that were asked for, or the newest of the study, received and made here. */
import { Injectable } from '@nestjs/common';
import { HubError } from '@modelbank/contracts';
import type { CallerScope } from '../../access';
import { MOST_OVERLAYS } from './rendering-parameters';
import { StoredObjects } from './stored-objects';
import type { StoredObject, StoredResult } from './stored-objects';

@Injectable()
export class StructureSetsOfStudy {
  constructor(private readonly objects: StoredObjects) {}

  /** Throws NOT_FOUND where one that was asked for is not among the study's. */
  async find(
    scope: CallerScope,
    study: string,
    overlay: readonly string[] | 'study',
  ): Promise<readonly StoredObject[]> {
    if (overlay.length === 0) return [];
    const results = await this.objects.results(scope, { study });
    if (overlay === 'study') {
      const received = await this.objects.receivedStructureSets(scope, study, MOST_OVERLAYS);
      return [...oneOfEachRun(results), ...received].slice(0, MOST_OVERLAYS);
    }
    const received = await this.objects.receivedStructureSets(scope, study, MOST_RECEIVED);
    return overlay.map((uid) => {
      const found = [...results, ...received].find(({ sopInstanceUid }) => sopInstanceUid === uid);
      if (found !== undefined) return found;
      throw new HubError('NOT_FOUND', 'there is no such structure set in the study');
    });
  }
}

const MOST_RECEIVED = 1000;

/** Holes as contours of their own look better than bridges: of each run the object with them, else the other one. */
function oneOfEachRun(results: readonly StoredResult[]): readonly StoredResult[] {
  const shown = new Map<string, StoredResult>();
  for (const result of results) {
    if (!shown.has(result.jobId) || result.encodingProfile === 'xor') shown.set(result.jobId, result);
  }
  return [...shown.values()];
}
