/** The phantom's instances are judged by dciodvfy and read back by dcmtk and by our own reader. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInstanceHeader, readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import { gridFromSlices } from '@modelbank/geometry';
import { decodeFrame, toHounsfield } from '@modelbank/imaging';
import { anthropomorphicPhantom, phantomVolume } from './anthropomorphic-phantom';
import { phantomInstance, phantomSeriesUids, phantomToDicom, PhantomSeries } from './phantom-to-dicom';
import { SCAN_ORIENTATIONS } from './scan/scan-grid';

const SMALL = { rows: 48, columns: 64, slices: 6, pixelSpacingMm: 6.4, sliceSpacingMm: 40 };
const series: PhantomSeries = {
  ...phantomSeriesUids('int-spec'),
  patientName: 'Phantom^Chest',
  patientId: 'PHANTOM-1',
  date: '20260102',
  time: '030405',
};

describe('phantomToDicom', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'phantom-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(SCAN_ORIENTATIONS)('is valid CT Image Storage by dciodvfy: %s', (orientation) => {
    const file = join(folder, `${orientation}.dcm`);
    writeFileSync(file, phantomInstance(anthropomorphicPhantom({ ...SMALL, orientation }), series, 2));
    const judged = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
    const complaints = judged.stderr.split('\n').filter((line) => /^(Error|Warning)/.test(line));
    expect(complaints).toEqual([]);
    expect(judged.stderr).toContain('CTImage');
  });

  it.each(SCAN_ORIENTATIONS)('comes back as the same grid and the same Hounsfield units: %s', (orientation) => {
    const phantom = anthropomorphicPhantom({ ...SMALL, orientation });
    const files = [...phantomToDicom(phantom, series)].reverse();
    const found = gridFromSlices(files.map((file) => readInstanceHeader(file)));
    if (found.problem !== undefined) throw new Error(found.sentence);
    found.grid.origins.forEach((origin, k) =>
      origin.forEach((value, axis) => expect(value).toBeCloseTo(phantom.grid.origins[k][axis], 5)),
    );
    const sorted = found.order.map((index) => files[index]);
    const descriptions = sorted.map((file) => readPixelDescription(file));
    const frames = sorted.map((file, k) =>
      decodeFrame(descriptions[k], readPixelFrames(file)[0], descriptions[k].transferSyntax.uid),
    );
    expect(toHounsfield(frames, descriptions, found.grid).voxels).toEqual(phantomVolume(phantom).voxels);
  });

  it('takes planted and removed attributes from the caller', () => {
    const file = join(folder, 'planted.dcm');
    const attributes = { PatientComments: 'PLANTED-IDENTITY', BodyPartExamined: undefined };
    writeFileSync(file, phantomInstance(anthropomorphicPhantom(SMALL), { ...series, attributes }, 0));
    const dump = execFileSync('dcmdump', [file], { encoding: 'utf8' });
    expect(dump).toContain('PLANTED-IDENTITY');
    expect(dump).not.toContain('BodyPartExamined');
  });
});
