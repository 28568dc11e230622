/** Label volumes -> one checked RTSTRUCT file. Runs in a worker thread: seconds of computing must not stop the SCP. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { readPatientStudyModule } from '@modelbank/dicom';
import type { PatientStudyModule } from '@modelbank/dicom';
import { readLabel } from '@modelbank/inference';
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

export async function buildStructureSet(request: BuildRequest): Promise<BuildAnswer> {
  const rois = await roisOf(request);
  const study = readPatientStudyModule(await readFile(request.imagePath));
  let bytes: Uint8Array;
  try {
    bytes = writeStructureSet(contentOf(request, study, rois));
  } catch (thrown) {
    if (thrown instanceof StructureError) return { kind: 'invalid', problems: [thrown.message] };
    throw thrown;
  }
  const problems = checkStructureSet(bytes, {
    studyInstanceUid: study.StudyInstanceUID,
    seriesInstanceUid: request.seriesInstanceUid,
    frameOfReferenceUid: request.frameOfReferenceUid,
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
      contours: contoursFromMask(await readLabel(label.folder, label, request.grid), {
        holes: request.holes,
        sliceSopInstanceUids: request.sopInstanceUids,
      }),
    })),
  );
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
    seriesDescription: `AI contours, not approved: ${request.title}`.slice(0, 64),
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
