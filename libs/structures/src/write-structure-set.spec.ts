import { openPart10 } from '@modelbank/dicom';
import { masksEqual } from '@modelbank/geometry';
import { maskFromContours, readStructureSet, writeStructureSet } from '.';
import {
  EXAMPLE_GRID,
  exampleRois,
  exampleStructureSet,
  ISLANDS,
  NOTHING,
  SHELL,
} from './example-structure-set.fixture';

describe('writeStructureSet', () => {
  const { dataSet } = openPart10(writeStructureSet(exampleStructureSet()));

  it('says that it is automatic and not approved', () => {
    expect(dataSet.text('ApprovalStatus')).toBe('UNAPPROVED');
    expect(dataSet.text('StructureSetLabel')).toBe('AI, not approved');
    const rois = dataSet.items('StructureSetROISequence');
    expect(rois.map((roi) => roi.text('ROIGenerationAlgorithm'))).toEqual(['AUTOMATIC', 'AUTOMATIC', 'AUTOMATIC']);
    expect(rois[0].text('ROIGenerationDescription')).toBe('reference-ct-anatomy 1.0.0');
  });

  it('names the model, its version, its digest and the device', () => {
    const [model] = dataSet.items('ContributingEquipmentSequence');
    expect(model.text('ManufacturerModelName')).toBe('reference-ct-anatomy');
    expect(model.texts('SoftwareVersions')).toEqual(['1.0.0', '0123456789abcdef'.repeat(4)]);
    expect(model.text('ContributionDescription')).toContain('on cpu');
    expect(model.items('PurposeOfReferenceCodeSequence')[0].text('CodeValue')).toBe('109102');
    expect(model.text('ContributionDateTime')).toBe('20250103121314');
  });

  it.each([
    'FrameOfReferenceUID',
    'PositionReferenceIndicator',
    'OperatorsName',
    'AccessionNumber',
    'ReferringPhysicianName',
  ] as const)('does not forget %s', (keyword) => expect(dataSet.has(keyword)).toBe(true));

  it('keeps an empty ROI without a contour sequence', () => {
    const items = dataSet.items('ROIContourSequence');
    expect(items.map((item) => item.has('ContourSequence'))).toEqual([true, true, false]);
  });

  it('repeats the patient in Unicode', () => {
    expect(dataSet.text('PatientName')).toBe('Prøve^Ærlig');
    expect(dataSet.text('SpecificCharacterSet')).toBe('ISO_IR 192');
  });

  it('is the same bytes for the same input', () => {
    const [once, again] = [writeStructureSet(exampleStructureSet()), writeStructureSet(exampleStructureSet())];
    expect(Buffer.compare(once, again)).toBe(0);
  });

  it.each(['xor', 'keyhole'] as const)('reads back as it was written, with %s holes', (holes) => {
    const written = exampleStructureSet({ rois: exampleRois(holes), predecessorSopInstanceUid: '2.25.99' });
    const read = readStructureSet(writeStructureSet(written));
    expect(read).toMatchObject({
      sopInstanceUid: '2.25.21',
      seriesInstanceUid: '2.25.22',
      studyInstanceUid: '2.25.11',
      frameOfReferenceUid: '2.25.13',
      label: 'AI, not approved',
      approvalStatus: 'UNAPPROVED',
      predecessorSopInstanceUids: ['2.25.99'],
      referencedSeries: [{ seriesInstanceUid: '2.25.12', sopInstanceUids: written.referencedSeries.sopInstanceUids }],
      warnings: [],
    });
    expect(
      read.rois.map(({ number, name, color, interpretedType }) => ({ number, name, color, interpretedType })),
    ).toEqual(
      written.rois.map(({ number, name, color, interpretedType }) => ({ number, name, color, interpretedType })),
    );
    const masks = read.rois.map((roi) => maskFromContours(EXAMPLE_GRID, roi.contours).mask);
    expect([SHELL, ISLANDS, NOTHING].map((mask, index) => masksEqual(mask, masks[index]))).toEqual([true, true, true]);
  });

  it('leaves a study time empty that no VR allows, and refuses an identity that none does', () => {
    const { study } = exampleStructureSet();
    const odd = openPart10(writeStructureSet(exampleStructureSet({ study: { ...study, StudyTime: '25:61' } }))).dataSet;
    expect(odd.has('StudyTime')).toBe(true);
    expect(odd.text('StudyTime')).toBeUndefined();
    const broken = exampleStructureSet({ study: { ...study, PatientID: 'A\u0007B' } });
    expect(() => writeStructureSet(broken)).toThrow(expect.objectContaining({ code: 'STRUCTURE_SET_INVALID' }));
    expect(() => writeStructureSet(broken)).not.toThrow('A\u0007B');
  });

  it.each([
    ['no ROI', exampleStructureSet({ rois: [] })],
    ['two ROIs of one number', exampleStructureSet({ rois: [...exampleRois(), exampleRois()[0]] })],
    ['a label of 17 characters', exampleStructureSet({ label: 'AI, not approved!' })],
    ['a UID that is none', exampleStructureSet({ seriesInstanceUid: '1.02.3' })],
    [
      'a contour of half a point',
      exampleStructureSet({
        rois: [{ ...exampleRois()[0], contours: [{ geometricType: 'CLOSED_PLANAR', points: new Float64Array(10) }] }],
      }),
    ],
  ])('refuses %s', (_, structureSet) => {
    expect(() => writeStructureSet(structureSet)).toThrow(expect.objectContaining({ code: 'STRUCTURE_SET_INVALID' }));
  });
});
