/**
 * The instances that a caller may read: what its centre sent, and what the hub made of it and may be used. The centre is part of every
 * query, so that another centre's instance and one that is not there look alike. What retention deleted is left out; where nothing else
 * is left, the caller is told that it is gone (PS3.18 10.4.3, 410).
 */
import { Inject, Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { HubError, READ_STORE } from '@modelbank/contracts';
import type { InstanceDisposition } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { InputSetEntity, InstanceEntity, JobEntity, ResultEntity, onlyGiven, requireKept } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { ofCentres } from '../../access';
import type { CallerScope } from '../../access';

/** A study, a series of it, or an instance of that. */
export interface ReadTarget {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

export interface StoredObject {
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly objectKey: string;
  readonly objectSha256: string;
}

/** Made by the hub; of each run there may be one object for each way to write holes. */
export interface StoredResult extends StoredObject {
  readonly jobId: string;
  readonly encodingProfile: 'xor' | 'keyhole';
}

/** An object that has pixels to show. */
export interface StoredImage extends StoredObject {
  readonly rows: number;
  readonly columns: number;
  readonly numberOfFrames: number;
  readonly instanceNumber: number;
}

/** A study of more instances is a mistake (bad-inputs.md). */
const MOST_INSTANCES = 20_000;
const MOST_RESULTS = 1000;

@Injectable()
export class StoredObjects {
  constructor(@Inject(READ_STORE) private readonly store: ReadStore) {}

  /** Everything of the target, in a stable order. Throws NOT_FOUND where there is nothing, OBJECT_DELETED where nothing is left. */
  async require(scope: CallerScope, target: ReadTarget): Promise<readonly StoredObject[]> {
    const rows = await this.store.manager.find(InstanceEntity, {
      select: LIGHT,
      where: this.instancesOf(scope, target),
      order: { seriesInstanceUid: 'ASC', sopInstanceUid: 'ASC', id: 'ASC' },
      take: MOST_INSTANCES + 1,
    });
    const instances = rows.filter(isKept);
    // a result that came back from its receiver is there twice
    const received = new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid));
    const made = (await this.results(scope, target)).filter(({ sopInstanceUid }) => !received.has(sopInstanceUid));
    const found = [...instances, ...made];
    if (rows.length + made.length > MOST_INSTANCES) {
      throw new HubError('DATASET_TOO_LARGE', `there are more than ${MOST_INSTANCES} instances: ask by series`);
    }
    if (found.length > 0) return found;
    requireKept(rows);
    throw noSuch(target);
  }

  async requireOne(scope: CallerScope, target: Required<ReadTarget>): Promise<StoredObject> {
    return (await this.require(scope, target))[0];
  }

  /** The images of the target, by series and instance number. Throws NOT_FOUND where there are none, OBJECT_DELETED as above. */
  async requireImages(scope: CallerScope, target: ReadTarget): Promise<readonly StoredImage[]> {
    const rows = await this.store.manager.find(InstanceEntity, {
      where: this.instancesOf(scope, target),
      order: { seriesInstanceUid: 'ASC', sopInstanceUid: 'ASC', id: 'ASC' },
      take: MOST_INSTANCES,
    });
    const images = rows.filter(isKept).flatMap((instance): StoredImage[] => {
      const { rows, columns, numberOfFrames = 1, instanceNumber = 0 } = instance.header;
      if (rows === undefined || columns === undefined) return [];
      return [{ ...instance, rows, columns, numberOfFrames, instanceNumber }];
    });
    if (images.length > 0) return images.sort((a, b) => bySeries(a, b) || a.instanceNumber - b.instanceNumber);
    requireKept(rows);
    throw noSuch(target);
  }

  /** Structure sets of a study that the hub received, the newest first. */
  receivedStructureSets(scope: CallerScope, study: string, most: number): Promise<readonly StoredObject[]> {
    return this.store.manager.find(InstanceEntity, {
      select: LIGHT,
      where: {
        ...this.instancesOf(scope, { study }),
        sopClassUid: RT_STRUCTURE_SET_STORAGE,
        disposition: Not<InstanceDisposition>('deleted'),
      },
      order: { receivedAt: 'DESC', id: 'DESC' },
      take: most,
    });
  }

  /** Results that may be used: built, of a complete input set (as `/api/v1/results/:id/object` has it). */
  async results(scope: CallerScope, { study, series, instance }: ReadTarget): Promise<readonly StoredResult[]> {
    const { manager } = this.store;
    const inputSets = await manager.find(InputSetEntity, {
      select: { id: true },
      where: { ...ofCentres(scope), studyInstanceUid: study, state: 'complete' },
      take: MOST_RESULTS,
    });
    if (inputSets.length === 0) return [];
    const jobs = await manager.find(JobEntity, {
      select: { id: true },
      where: { inputSetId: In(inputSets.map(({ id }) => id)) },
      take: MOST_RESULTS,
    });
    if (jobs.length === 0) return [];
    const results = await manager.find(ResultEntity, {
      where: {
        ...ofCentres(scope),
        ...onlyGiven({ seriesInstanceUid: series, sopInstanceUid: instance }),
        jobId: In(jobs.map(({ id }) => id)),
        state: 'built',
      },
      order: { builtAt: 'DESC', id: 'DESC' },
      take: MOST_RESULTS,
    });
    return results.map((result) => ({
      ...result,
      studyInstanceUid: study,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    }));
  }

  private instancesOf(scope: CallerScope, { study, series, instance }: ReadTarget) {
    return {
      ...ofCentres(scope),
      studyInstanceUid: study,
      ...onlyGiven({ seriesInstanceUid: series, sopInstanceUid: instance }),
    };
  }
}

const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';

const LIGHT = {
  id: true,
  centreId: true,
  studyInstanceUid: true,
  seriesInstanceUid: true,
  sopInstanceUid: true,
  transferSyntaxUid: true,
  objectKey: true,
  objectSha256: true,
  disposition: true,
} as const;

function bySeries(a: StoredObject, b: StoredObject): number {
  return a.seriesInstanceUid < b.seriesInstanceUid ? -1 : a.seriesInstanceUid > b.seriesInstanceUid ? 1 : 0;
}

const isKept = ({ disposition }: InstanceEntity) => disposition !== 'deleted';

/** The same words whatever is missing, and whosever it is. */
function noSuch({ series, instance }: ReadTarget): HubError {
  const what = instance !== undefined ? 'instance' : series !== undefined ? 'series' : 'study';
  return new HubError('NOT_FOUND', `there is no such ${what} here`);
}
