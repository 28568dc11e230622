/**
 * Label volumes -> one checked RTSTRUCT file. Runs in a worker thread: seconds of computing must not stop the SCP. The thread
 * is started for each result, so what is imported here stays narrow: pure libraries and types only.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { HubError, labelMask } from '@modelbank/contracts';
import { DicomError, openPart10, readInstanceHeader, readPatientStudyModule } from '@modelbank/dicom';
import type { PatientStudyModule } from '@modelbank/dicom';
import {
  StructureError,
  checkStructureSet,
  contoursFromMask,
  mayLeave,
  writeStructureSet,
} from '@modelbank/structures';
import type { Roi, StructureSetToWrite } from '@modelbank/structures';
import type { ResultRoi } from '@modelbank/store';
import type { BuildAnswer, BuildRequest, LabelToWrite } from './build-request';

/** StructureSetLabel, 16 characters at most: the first thing that a planning system shows. */
const LABEL = 'AI, not approved';
const SERIES_NUMBER = 9001;
const ST_LIMIT = 1024;

/** Writes the file when it may leave. Rejects only with what may pass by itself, such as a full disk. */
export async function buildStructureSet(request: BuildRequest): Promise<BuildAnswer> {
  try {
    return await writeAndCheck(request);
  } catch (thrown) {
    // the messages of our own errors name labels, tags and numbers, never a value of the data set
    if (thrown instanceof StructureError) return { kind: 'invalid', problems: [thrown.message] };
    const isOurs = thrown instanceof DicomError || (thrown instanceof HubError && !thrown.retryable);
    if (isOurs) return { kind: 'unreadable', code: thrown.code, message: thrown.message };
    throw thrown;
  }
}

async function writeAndCheck(request: BuildRequest): Promise<BuildAnswer> {
  const rois = await roisOf(request);
  const image = openPart10(await readFile(request.imagePath));
  const study = readPatientStudyModule(image);
  const header = readInstanceHeader(image);
  const bytes = writeStructureSet(contentOf(request, study, rois));
  // expected is what the image itself says, not the rows that the object was written from
  const problems = checkStructureSet(bytes, {
    studyInstanceUid: header.studyInstanceUid,
    seriesInstanceUid: header.seriesInstanceUid,
    frameOfReferenceUid: header.frameOfReferenceUid ?? '',
    patientId: study.PatientID,
    grid: request.grid,
    sliceSopInstanceUids: request.sopInstanceUids,
  });
  if (!mayLeave(problems)) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    return { kind: 'invalid', problems: errors.map(({ code, where }) => `${code} at ${where}`) };
  }
  await writeFile(request.partPath, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'built', sha256, rois: summaries(request.labels, rois) };
}

/** ROIs without a voxel are left out and named in the remarks; a set of nothing but empty ROIs keeps them. */
async function roisOf(request: BuildRequest): Promise<Roi[]> {
  const found = request.labels.filter(({ empty }) => !empty);
  const labels = found.length > 0 ? found : request.labels;
  return Promise.all(
    labels.map(async (label, index) => ({
      number: index + 1,
      name: label.name,
      color: label.color,
      interpretedType: label.interpretedType,
      contours: contoursFromMask(labelMask(await readLabel(label), label, request.grid), {
        holes: request.holes,
        sliceSopInstanceUids: request.sopInstanceUids,
      }),
    })),
  );
}

async function readLabel({ name, path }: LabelToWrite): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new HubError('OBJECT_CORRUPT', `the file of label "${name}" is gone`, { cause });
  }
}

/** A planning system lists series by this: a set that replaces another must look different from it. */
function seriesKind({ predecessorSopInstanceUid }: BuildRequest): string {
  return predecessorSopInstanceUid === undefined
    ? 'AI contours, not approved'
    : 'AI contours, new version, not approved';
}

function contentOf(request: BuildRequest, study: PatientStudyModule, rois: readonly Roi[]): StructureSetToWrite {
  const { model, builtAt, uids } = request;
  return {
    ...uids,
    frameOfReferenceUid: request.frameOfReferenceUid,
    study,
    label: LABEL,
    name: `${model.modelName} ${model.modelVersion}`.slice(0, 64),
    description: request.remarks.join(' ').slice(0, ST_LIMIT),
    seriesDescription: `${seriesKind(request)}: ${request.title}`.slice(0, 64),
    seriesNumber: SERIES_NUMBER,
    date: builtAt.date,
    time: builtAt.time,
    equipment: { manufacturer: 'Modelbank', modelName: 'Modelbank hub', softwareVersions: [model.modelVersion] },
    contributingModels: [model],
    generationDescription: `AI ${model.modelName} ${model.modelVersion}`.slice(0, 64),
    referencedSeries: {
      seriesInstanceUid: request.seriesInstanceUid,
      sopClassUid: request.sopClassUid,
      sopInstanceUids: request.sopInstanceUids,
    },
    rois,
    predecessorSopInstanceUid: request.predecessorSopInstanceUid,
  };
}

function summaries(labels: readonly LabelToWrite[], rois: readonly Roi[]): ResultRoi[] {
  return rois.map(({ number, name, contours, color }) => {
    const label = labels.find((candidate) => candidate.name === name)!;
    return {
      number,
      name,
      color,
      volumeMl: label.volumeMl,
      contours: contours.length,
      points: contours.reduce((sum, { points }) => sum + points.length / 3, 0),
      empty: label.empty,
      cutByScanEnd: label.cutByScanEnd,
    };
  });
}
