/** The text that a request wants on the picture (PS3.18 8.3.5.1.1): who the patient is, and how the picture was made. */
import type { ReadableDataSet } from '@modelbank/dicom';
import type { VoiWindow } from '@modelbank/imaging';
import type { Annotation } from './frame-messages';

const LONGEST_LINE = 60;

export function annotationLines(
  dataSet: ReadableDataSet,
  annotations: readonly Annotation[],
  window: VoiWindow | undefined,
): string[] {
  const lines = [
    ...(annotations.includes('patient') ? patientLines(dataSet) : []),
    ...(annotations.includes('technique') ? techniqueLines(dataSet, window) : []),
  ];
  return lines.filter((line) => line !== '').map((line) => line.slice(0, LONGEST_LINE));
}

function patientLines(dataSet: ReadableDataSet): string[] {
  const name = (dataSet.text('PatientName') ?? '').split('=')[0];
  const [family = '', given = ''] = name.split('^');
  const facts = ['PatientID', 'PatientBirthDate', 'PatientSex'] as const;
  return [[family, given].filter(Boolean).join(', '), facts.flatMap((each) => dataSet.text(each) ?? []).join('  ')];
}

function techniqueLines(dataSet: ReadableDataSet, window: VoiWindow | undefined): string[] {
  const thickness = dataSet.number('SliceThickness');
  const facts = [
    dataSet.text('Modality') ?? '',
    thickness === undefined ? '' : `${thickness} mm`,
    window === undefined ? '' : `C ${window.center} W ${window.width}`,
  ];
  return [facts.filter(Boolean).join('  '), dataSet.text('StudyDate') ?? ''];
}
