/** Gathers from the rows what the builder needs for one job and one way to write holes. */
import { In } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { LabelFile, ObjectStore } from '@modelbank/contracts';
import type { ContributingModel } from '@modelbank/structures';
import type { ManifestLabel, ModelManifest } from '@modelbank/registry';
import { DestinationEntity, InputSetEntity, InstanceEntity, ModelVersionEntity, requireKept } from '@modelbank/store';
import type { JobEntity, ReadStore } from '@modelbank/store';
import type { BuildRequest, Encoding, LabelToWrite } from './build-request';
import { dicomTime } from './dicom-time';
import { previousResult } from './previous-result';
import { remarksOf } from './remarks';
import { resultUids } from './result-uids';

export async function gatherRequest(
  store: ReadStore,
  objects: ObjectStore,
  job: JobEntity,
  holes: Encoding,
): Promise<Omit<BuildRequest, 'partPath'>> {
  const inputSet = await store.manager.findOneByOrFail(InputSetEntity, { id: job.inputSetId });
  const { manifest, task } = await store.manager.findOneByOrFail(ModelVersionEntity, { id: job.modelVersionId });
  if (job.outcome === null || inputSet.frameOfReferenceUid === null) {
    throw new HubError('INTERNAL', 'the job has no label volumes, or its series no frame of reference');
  }
  const images = await imagesOf(store, inputSet.members[manifest.inputs[0].role]);
  requireKept(images);
  const { seriesId } = inputSet;
  const previous = await previousResult(store, { jobId: job.id, seriesId, task, encoding: holes });
  return {
    grid: inputSet.grid,
    labels: labelsToWrite(objects, manifest, job.outcome.labels),
    imagePath: objects.pathOf(images[0].objectKey),
    sopClassUid: images[0].sopClassUid,
    seriesInstanceUid: images[0].seriesInstanceUid,
    frameOfReferenceUid: inputSet.frameOfReferenceUid,
    sopInstanceUids: images.map(({ sopInstanceUid }) => sopInstanceUid),
    uids: resultUids(job.jobKey, 'RTSTRUCT', holes),
    holes,
    model: contributingModel(manifest, job),
    title: manifest.title,
    remarks: remarks(manifest, job, inputSet.purpose, previous?.deliveredAt ?? null),
    // the job's own time, so that a second build writes the same bytes
    builtAt: dicomTime(job.finishedAt ?? job.createdAt),
    predecessorSopInstanceUid: previous?.sopInstanceUid,
  };
}

function contributingModel(manifest: ModelManifest, job: JobEntity): ContributingModel {
  return {
    manufacturer: manifest.owner.organisation,
    modelName: manifest.id,
    modelVersion: manifest.version,
    packageDigest: job.packageDigest,
    device: job.outcome?.executionProvider ?? 'cpu',
  };
}

function remarks(manifest: ModelManifest, job: JobEntity, purpose: string, replacesSentAt: Date | null): string[] {
  const { labels = [], warnings = [] } = job.outcome ?? {};
  return remarksOf({ manifest, purpose, labels, warnings, replacesSentAt });
}

function labelsToWrite(objects: ObjectStore, manifest: ModelManifest, files: readonly LabelFile[]): LabelToWrite[] {
  const declared = new Map<string, ManifestLabel>(manifest.labels.map((label) => [label.name, label]));
  return files.map((label) => {
    const { color, interpretedType } = declared.get(label.name)!;
    return { ...label, path: objects.pathOf(label.file), color, interpretedType };
  });
}

/** The images of a role in slice order. */
async function imagesOf(store: ReadStore, ids: readonly string[]): Promise<InstanceEntity[]> {
  const byId = new Map<string, InstanceEntity>();
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await store.manager.find(InstanceEntity, {
      where: { id: In(ids.slice(start, start + 500)) },
      select: {
        ...{ id: true, objectKey: true, disposition: true },
        ...{ sopClassUid: true, sopInstanceUid: true, seriesInstanceUid: true },
      },
    });
    for (const row of rows) byId.set(row.id, row);
  }
  return ids.map((id) => byId.get(id)!);
}

/** The encodings that the centre's destinations ask for; one always, so that the result can be fetched. */
export async function wantedEncodings(store: ReadStore, centreId: string): Promise<Encoding[]> {
  const destinations = await store.manager.findBy(DestinationEntity, { centreId, active: true });
  const wanted = new Set(destinations.map(({ holes }) => holes));
  return wanted.size === 0 ? ['xor'] : [...wanted].sort();
}
