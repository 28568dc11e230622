/** What the inference child gets for a job: paths and digests of the inputs and of the registered package. */
import { In } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { InferenceJobSpec, JobInstance, ObjectStore } from '@modelbank/contracts';
import { InputSetEntity, InstanceEntity, ModelVersionEntity, requireKept } from '@modelbank/store';
import type { JobEntity, ReadStore } from '@modelbank/store';

export interface SpecSettings {
  readonly home: string;
  readonly outputFolder: string;
  readonly executionProvider: 'cpu' | 'cuda';
  readonly threads: number;
}

export async function jobSpec(
  store: ReadStore,
  objects: ObjectStore,
  job: JobEntity,
  settings: SpecSettings,
): Promise<InferenceJobSpec> {
  const version = await store.manager.findOneByOrFail(ModelVersionEntity, { id: job.modelVersionId });
  const inputSet = await store.manager.findOneByOrFail(InputSetEntity, { id: job.inputSetId });
  const inputs: Record<string, JobInstance[]> = {};
  for (const [role, ids] of Object.entries(inputSet.members)) inputs[role] = await instancesOf(store, objects, ids);
  return {
    kind: 'infer',
    jobId: job.id,
    manifest: version.manifest,
    packageFolder: `${settings.home}/${version.folder}`,
    packageFiles: version.files,
    inputs,
    parameters: job.parameters,
    outputFolder: settings.outputFolder,
    executionProvider: settings.executionProvider,
    threads: settings.threads,
  };
}

/** In the order of `ids`: slice order. */
async function instancesOf(store: ReadStore, objects: ObjectStore, ids: readonly string[]): Promise<JobInstance[]> {
  const byId = new Map<string, JobInstance>();
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await store.manager.find(InstanceEntity, {
      where: { id: In(ids.slice(start, start + 500)) },
      select: { id: true, sopInstanceUid: true, objectKey: true, objectSha256: true, disposition: true },
    });
    requireKept(rows);
    for (const { id, sopInstanceUid, objectKey, objectSha256 } of rows) {
      byId.set(id, { path: objects.pathOf(objectKey), sha256: objectSha256, sopInstanceUid });
    }
  }
  return ids.map((id) => {
    const instance = byId.get(id);
    if (instance === undefined)
      throw new HubError('OBJECT_CORRUPT', 'an instance of the input set has no row any more');
    return instance;
  });
}
