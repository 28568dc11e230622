import type { InstanceHeader } from '@modelbank/dicom';
import { contradictsPosition } from './patient-position';

const SUPINE = [1, 0, 0, 0, 1, 0] as const;
const PRONE = [-1, 0, 0, 0, -1, 0] as const;
const LEFT_DOWN = [0, -1, 0, 1, 0, 0] as const;
const RIGHT_DOWN = [0, 1, 0, -1, 0, 0] as const;
const TILTED = [0.97, 0.22, 0.1, -0.24, 0.94, 0.24] as const;
const CORONAL = [1, 0, 0, 0, 0, -1] as const;

const contradicts = (
  patientPosition: string | undefined,
  imageOrientationPatient: InstanceHeader['imageOrientationPatient'],
  imageType = ['ORIGINAL', 'PRIMARY', 'AXIAL'],
) => contradictsPosition({ patientPosition, imageOrientationPatient, imageType } as unknown as InstanceHeader);

describe('a patient position', () => {
  it.each([
    ['HFS', SUPINE, false],
    ['FFS', SUPINE, false],
    ['FFS', [-1, 0, 0, 0, 1, 0] as const, false],
    ['HFP', PRONE, false],
    ['FFP', [1, 0, 0, 0, -1, 0] as const, false],
    ['HFS', TILTED, false],
    ['HFDL', LEFT_DOWN, false],
    ['HFDR', RIGHT_DOWN, false],
    ['HFDR', SUPINE, false],
    ['HFP', SUPINE, true],
    ['FFP', SUPINE, true],
    ['HFS', PRONE, true],
    ['FFS', PRONE, true],
    ['HFP', TILTED, true],
    ['HFDL', RIGHT_DOWN, true],
    ['FFDR', LEFT_DOWN, true],
    ['HFP', CORONAL, false],
    [undefined, SUPINE, false],
    ['HFP', undefined, false],
  ])('%s with %j: contradicts %p', (position, orientation, expected) => {
    expect(contradicts(position, orientation)).toBe(expected);
  });

  it('is no matter in images made from images, which may be turned about', () => {
    expect(contradicts('HFP', SUPINE, ['DERIVED', 'SECONDARY', 'AXIAL'])).toBe(false);
  });
});
