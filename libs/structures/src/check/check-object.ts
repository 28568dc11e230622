/** The object as a whole: whose it is, which images it refers to, and that nobody has approved it yet. */
import type { ReadableDataSet } from '@modelbank/dicom';
import { RT_STRUCTURE_SET_STORAGE } from '../structure-set';
import type { StructureSetExpectation } from './expectation';
import { problem, type StructureSetProblem } from './problem';

export function checkObject(dataSet: ReadableDataSet, expected: StructureSetExpectation): StructureSetProblem[] {
  return [
    ...checkIdentity(dataSet, expected),
    ...checkFrames(dataSet, expected),
    ...dataSet
      .items('ReferencedFrameOfReferenceSequence')
      .flatMap((frame) => frame.items('RTReferencedStudySequence'))
      .flatMap((study) => checkReferencedStudy(study, expected)),
  ];
}

function checkIdentity(dataSet: ReadableDataSet, expected: StructureSetExpectation): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  if (dataSet.text('SOPClassUID') !== RT_STRUCTURE_SET_STORAGE || dataSet.text('Modality') !== 'RTSTRUCT') {
    problems.push(
      problem('notAStructureSet', 'SOPClassUID', 'class and modality are not those of an RT structure set'),
    );
  }
  if (dataSet.text('StudyInstanceUID') !== expected.studyInstanceUid) {
    problems.push(problem('foreignStudy', 'StudyInstanceUID', 'is not the study of the images'));
  }
  if (expected.patientId !== undefined && (dataSet.text('PatientID') ?? '') !== (expected.patientId ?? '')) {
    problems.push(problem('foreignPatient', 'PatientID', 'is not the patient of the images'));
  }
  if (dataSet.text('ApprovalStatus') !== 'UNAPPROVED') {
    problems.push(problem('notUnapproved', 'ApprovalStatus', 'automatic contours must be UNAPPROVED'));
  }
  return problems;
}

function checkFrames(
  dataSet: ReadableDataSet,
  { frameOfReferenceUid }: StructureSetExpectation,
): StructureSetProblem[] {
  const referenced = dataSet.items('ReferencedFrameOfReferenceSequence');
  const frames: [string, string | undefined][] = [
    ['FrameOfReferenceUID', dataSet.text('FrameOfReferenceUID')],
    ...referenced.map((item, index): [string, string | undefined] => [
      `ReferencedFrameOfReferenceSequence[${index}]`,
      item.text('FrameOfReferenceUID'),
    ]),
    ...dataSet
      .items('StructureSetROISequence')
      .map((item): [string, string | undefined] => [
        `ROI ${item.number('ROINumber')}`,
        item.text('ReferencedFrameOfReferenceUID'),
      ]),
  ];
  return frames
    .filter(([, uid]) => uid !== frameOfReferenceUid)
    .map(([where]) => problem('frameOfReferenceMismatch', where, 'is not the frame of reference of the images'));
}

function checkReferencedStudy(study: ReadableDataSet, expected: StructureSetExpectation): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  if (study.text('ReferencedSOPInstanceUID') !== expected.studyInstanceUid) {
    problems.push(
      problem('foreignStudy', 'RTReferencedStudySequence', 'refers to another study than that of the images'),
    );
  }
  const listed = new Set(expected.sliceSopInstanceUids);
  for (const series of study.items('RTReferencedSeriesSequence')) {
    if (series.text('SeriesInstanceUID') !== expected.seriesInstanceUid) {
      problems.push(problem('foreignSeries', 'RTReferencedSeriesSequence', 'refers to another series than the images'));
    }
    series.items('ContourImageSequence').forEach((image, index) => {
      if (listed.has(image.text('ReferencedSOPInstanceUID') ?? '')) return;
      const where = `RTReferencedSeriesSequence.ContourImageSequence[${index}]`;
      problems.push(problem('unlistedImage', where, 'refers to an image that is not one of the series'));
    });
  }
  return problems;
}
