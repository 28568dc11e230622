/**
 * Reads what is known of an input set for the rules: its rows, and from its first instance's file the descriptions, which
 * stay in memory. Outside any transaction.
 */
import { open } from 'node:fs/promises';
import { In } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { JobInstance, ObjectStore } from '@modelbank/contracts';
import { readDescriptions } from '@modelbank/dicom';
import type { ImageFacts, ObservedInputSet, ObservedRole } from '@modelbank/registry';
import { InstanceEntity, requireKept } from '@modelbank/store';
import type { InputSetEntity, ReadStore } from '@modelbank/store';
import { observeGrid } from './observe-grid';
import { summariseHeaders } from './summarise-headers';

/** The descriptions lie in front of the pixel data; a header longer than this says nothing that we need. */
const HEADER_PREFIX_BYTES = 512 * 1024;
/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;

export interface InputSetReading {
  readonly inputSet: InputSetEntity;
  /** Of its series, or of the last of several. */
  readonly seriesInstanceUid: string;
  /** Without image facts. */
  readonly observed: ObservedInputSet;
  /** In slice order, for measuring image facts; undefined unless there is exactly one role. */
  readonly singleSeries?: readonly JobInstance[];
}

export async function readInputSet(
  store: ReadStore,
  objects: ObjectStore,
  inputSet: InputSetEntity,
): Promise<InputSetReading> {
  const roles = Object.entries(inputSet.members);
  const observed: Record<string, ObservedRole> = {};
  let instances: InstanceEntity[] = [];
  for (const [role, ids] of roles) {
    instances = await instancesOf(store, ids);
    requireKept(instances);
    observed[role] = {
      headers: summariseHeaders(instances.map(({ header }) => header)),
      grid: observeGrid(inputSet.grid),
      descriptions: await descriptionsOf(objects.pathOf(instances[0].objectKey)),
    };
  }
  const [{ seriesInstanceUid }] = instances;
  return {
    inputSet,
    seriesInstanceUid,
    observed,
    singleSeries: roles.length === 1 ? instances.map(jobInstance) : undefined,
  };
  function jobInstance({ objectKey, objectSha256, sopInstanceUid }: InstanceEntity): JobInstance {
    return { path: objects.pathOf(objectKey), sha256: objectSha256, sopInstanceUid };
  }
}

/** The reading with measured facts for every role. */
export function withImageFacts(observed: ObservedInputSet, imageFacts: ImageFacts | undefined): ObservedInputSet {
  if (imageFacts === undefined) return observed;
  return Object.fromEntries(Object.entries(observed).map(([role, seen]) => [role, { ...seen, imageFacts }]));
}

async function instancesOf({ manager }: ReadStore, ids: readonly string[]): Promise<InstanceEntity[]> {
  const byId = new Map<string, InstanceEntity>();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const rows = await manager.findBy(InstanceEntity, { id: In(ids.slice(start, start + IDS_PER_QUERY)) });
    rows.forEach((row) => byId.set(row.id, row));
  }
  const found = ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
  if (found.length === ids.length && found.length > 0) return found;
  throw new HubError('OBJECT_CORRUPT', 'an instance of the input set has no row any more');
}

async function descriptionsOf(path: string): Promise<string[]> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new HubError('OBJECT_CORRUPT', 'an instance of the input set has no object any more', { cause });
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_PREFIX_BYTES), 0, HEADER_PREFIX_BYTES, 0);
    const { study, series, protocol } = readDescriptions(buffer.subarray(0, bytesRead));
    return [study, series, protocol].filter((text) => text !== undefined && text !== '') as string[];
  } finally {
    await file.close();
  }
}
