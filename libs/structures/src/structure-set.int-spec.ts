import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countVoxels, masksEqual, maskWhere, type Grid, type Mask } from '@modelbank/geometry';
import {
  checkStructureSet,
  contoursFromMask,
  maskFromContours,
  readStructureSet,
  writeStructureSet,
  type HoleEncoding,
  type Roi,
} from '.';
import {
  EXAMPLE_EXPECTATION,
  EXAMPLE_GRID,
  exampleRois,
  exampleStructureSet,
  ISLANDS,
  NOTHING,
  SHELL,
} from './example-structure-set.fixture';
import {
  DCIODVFY,
  dciodvfyComplaints,
  describeWith,
  inTemporaryFolder,
  PLASTIMATCH,
  plastimatchMasks,
  pydicomJson,
  PYTHON,
  run,
} from '@modelbank/testing';

const ENCODINGS = ['xor', 'keyhole'] as const;

describeWith([DCIODVFY])('dciodvfy', () => {
  it.each(ENCODINGS)('finds no error and no warning in what we write (%s holes)', (holes) => {
    const bytes = writeStructureSet(
      exampleStructureSet({ rois: exampleRois(holes), predecessorSopInstanceUid: '2.25.99' }),
    );
    expect(dciodvfyComplaints(bytes)).toEqual([]);
  });

  it('finds none either where every ROI is empty and no model contributed', () => {
    const rois = exampleRois().map((roi): Roi => ({ ...roi, contours: [] }));
    const bytes = writeStructureSet(
      exampleStructureSet({ rois, contributingModels: [], name: undefined, description: undefined }),
    );
    expect(dciodvfyComplaints(bytes)).toEqual([]);
  });

  it('would complain', () => {
    const label = Buffer.from('UNAPPROVED');
    const bytes = Buffer.from(writeStructureSet(exampleStructureSet()));
    bytes.write('APPROVED  ', bytes.indexOf(label), 'latin1');
    expect(dciodvfyComplaints(bytes).join('\n')).toContain('ReviewDate');
  });
});

describeWith([PLASTIMATCH])('plastimatch', () => {
  const grid: Grid = { ...EXAMPLE_GRID, columns: 48, rows: 40 };
  const at = (index: number) => [index % 48, Math.floor(index / 48) % 40, Math.floor(index / (48 * 40))];
  const masks: [string, Mask][] = [
    [
      'Rings',
      maskWhere(grid, (index) => {
        const [i, j] = at(index);
        return Math.floor(Math.hypot(i - 23, (j - 19) * 1.3)) % 4 < 2;
      }),
    ],
    [
      'Checkers',
      maskWhere(grid, (index) => {
        const [i, j, k] = at(index);
        return (i + j + k) % 2 === 0 && i < 20;
      }),
    ],
    [
      'Blobs',
      maskWhere(grid, (index) => {
        const [i, j, k] = at(index);
        return Math.sin(i * 0.55 + k) + Math.cos(j * 0.7) + Math.sin((i + j) * 0.31) > 0.3;
      }),
    ],
    [
      'Edges',
      maskWhere(grid, (index) => {
        const [i, j] = at(index);
        return i === 0 || j === 0 || i === 47 || j === 39 || (i === 20 && j === 20);
      }),
    ],
  ];
  const written = (holes: HoleEncoding) =>
    writeStructureSet(
      exampleStructureSet({
        rois: masks.map(([name, mask], index): Roi => ({
          number: index + 1,
          name,
          color: [1, 2, 3],
          interpretedType: 'ORGAN',
          contours: contoursFromMask(mask, { holes, sliceSopInstanceUids: EXAMPLE_EXPECTATION.sliceSopInstanceUids }),
        })),
      }),
    );

  it.each([
    ['separate holes by XOR', 'xor', 'xor'],
    ['keyholes by XOR', 'keyhole', 'xor'],
    ['keyholes by its default, uniting contours', 'keyhole', 'or'],
  ] as const)('sees the same masks: %s', (_, holes, reading) => {
    const seen = plastimatchMasks(written(holes), grid, reading);
    expect(masks.map(([name, mask]) => [name, masksEqual(seen.get(name) as Mask, mask)])).toEqual(
      masks.map(([name]) => [name, true]),
    );
  });

  it('agrees with us about centres that lie on upright and level edges', () => {
    const corners = [
      [2, 2],
      [9, 2],
      [9, 8],
      [5.3, 6],
      [2, 8],
    ];
    const origins = grid.origins.map(([, , z]) => [0, 0, z] as const);
    const unit: Grid = { ...grid, columnSpacingMm: 1, rowSpacingMm: 1, origins };
    const whole = Float64Array.from(corners.flatMap(([x, y]) => [x, y, 1016.5]));
    const contours = [{ geometricType: 'CLOSED_PLANAR', points: whole }];
    const bytes = writeStructureSet(exampleStructureSet({ rois: [{ ...exampleRois()[0], contours }] }));
    const seen = plastimatchMasks(bytes, unit, 'xor').get('External') as Mask;
    const ours = maskFromContours(unit, contours).mask;
    expect([countVoxels(ours), masksEqual(seen, ours)]).toEqual([countVoxels(seen), true]);
  });
});

/** Contours of each ROI as pydicom sees them. */
const READ = `
import sys, json, pydicom
ds = pydicom.dcmread(sys.argv[1])
items = {c.ReferencedROINumber: c for c in ds.ROIContourSequence}
print(json.dumps({
  'name': str(ds.PatientName),
  'digest': ds.ContributingEquipmentSequence[0].SoftwareVersions[1],
  'rois': [{'name': r.ROIName, 'algorithm': r.ROIGenerationAlgorithm, 'contours': [
    [float(v) for v in c.ContourData] for c in items[r.ROINumber].get('ContourSequence', [])]} for r in ds.StructureSetROISequence]}))
`;

/** Writes the object again as less careful software would: argv[3] names the carelessness. */
const CARELESS = `
import sys, pydicom
from pydicom.dataelem import RawDataElement
from pydicom.uid import ImplicitVRLittleEndian
from pydicom.tag import Tag
ds = pydicom.dcmread(sys.argv[1])
way = sys.argv[3]
def raw(c, vr, text):
    value = text.encode(); value += b' ' * (len(value) % 2)
    c._dict[Tag(0x30060050)] = RawDataElement(Tag(0x30060050), vr, len(value), value, 0, way == 'implicit', True)
for item in ds.ROIContourSequence:
    for c in item.get('ContourSequence', []):
        values = [str(v) for v in c.ContourData]
        if way == 'un': raw(c, 'UN', '\\\\'.join(values))
        if way == 'spelling': raw(c, 'DS', '\\\\'.join(' +%s ' % v if float(v) > 0 else '%.6E' % float(v) for v in values) + '\\\\')
        if way == 'repeated': raw(c, 'DS', '\\\\'.join(values[:3] + values + values[-3:] + values[:3]))
        if way == 'offplane': raw(c, 'DS', '\\\\'.join('%.2f' % (float(v) + 0.01) if n % 3 == 2 else v for n, v in enumerate(values)))
        if way == 'winding': raw(c, 'DS', '\\\\'.join('\\\\'.join(values[n:n + 3]) for n in range(len(values) - 3, -1, -3)))
        if way == 'noimages': del c.ContourImageSequence
        if way == 'order': pass
if way == 'implicit':
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian; ds.is_implicit_VR = True
if way == 'noframe': del ds.FrameOfReferenceUID
if way == 'undefined':
    for item in ds.ROIContourSequence: item.is_undefined_length_sequence_item = True
    ds[0x30060039].is_undefined_length = True
if way == 'order':
    ds.ROIContourSequence = pydicom.Sequence(reversed(ds.ROIContourSequence))
    ds.RTROIObservationsSequence = pydicom.Sequence(reversed(ds.RTROIObservationsSequence))
ds.save_as(sys.argv[2])
`;

describeWith([PYTHON])('pydicom', () => {
  it('reads the same contours and text', () => {
    inTemporaryFolder((folder) => {
      const path = join(folder, 'rs.dcm');
      writeFileSync(path, writeStructureSet(exampleStructureSet()));
      const read = pydicomJson<{
        name: string;
        digest: string;
        rois: { name: string; algorithm: string; contours: number[][] }[];
      }>(READ, [path]);
      expect(read.name).toBe('Prøve^Ærlig');
      expect(read.digest).toBe('0123456789abcdef'.repeat(4));
      expect(read.rois).toEqual(
        exampleRois().map((roi) => ({
          name: roi.name,
          algorithm: 'AUTOMATIC',
          contours: roi.contours.map(({ points }) => [...points]),
        })),
      );
    });
  });

  it.each([
    'implicit',
    'un',
    'spelling',
    'repeated',
    'offplane',
    'winding',
    'noimages',
    'noframe',
    'undefined',
    'order',
  ])('is understood when it was written carelessly: %s', (way) => {
    const careless = inTemporaryFolder((folder) => {
      writeFileSync(join(folder, 'in.dcm'), writeStructureSet(exampleStructureSet()));
      run(PYTHON, ['-W', 'ignore', '-c', CARELESS, join(folder, 'in.dcm'), join(folder, 'out.dcm'), way]);
      return readFileSync(join(folder, 'out.dcm'));
    });
    const read = readStructureSet(careless);
    expect(read.frameOfReferenceUid).toBe('2.25.13');
    expect(read.rois.map((roi) => [roi.number, roi.name, roi.interpretedType])).toEqual([
      [1, 'External', 'EXTERNAL'],
      [2, 'Lung_L', 'ORGAN'],
      [3, 'Larynx', 'ORGAN'],
    ]);
    const results = read.rois.map((roi) => maskFromContours(EXAMPLE_GRID, roi.contours));
    expect([SHELL, ISLANDS, NOTHING].map((mask, index) => masksEqual(mask, results[index].mask))).toEqual([
      true,
      true,
      true,
    ]);
    expect(results.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(checkStructureSet(careless, EXAMPLE_EXPECTATION).length > 0).toBe(
      ['spelling', 'repeated', 'noimages', 'noframe'].includes(way),
    );
  });
});
