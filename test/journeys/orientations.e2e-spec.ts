/** Left stays left: the phantom in every patient position, from the scanner through the hub to contours and picture. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PNG } from 'pngjs';
import type { LabelFile } from '@modelbank/contracts';
import { part10Preamble, parseUid } from '@modelbank/dicom';
import { hasVoxel, maskFromBits, maskVolumeMl, masksEqual, voxelToPatient } from '@modelbank/geometry';
import type { Grid, Mask, Vec3 } from '@modelbank/geometry';
import { SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import { maskFromContours, readStructureSet } from '@modelbank/structures';
import type { ReadStructureSet } from '@modelbank/structures';
import { CollectingScp, dciodvfyComplaints, DCIODVFY, hasTool } from '@modelbank/testing';
import { writeContactSheet } from '../../apps/cli/src/demo/show-result';
import { addDestination, enrolCentre, send, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles, REFERENCE_MODEL } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';

/** 400 x 290 x 300 mm: the body's width and depth, and both lungs whole. */
const SCAN = { rows: 80, columns: 108, slices: 60, pixelSpacingMm: 3.8, sliceSpacingMm: 5 };
/** Drawing takes longer than everything else; these two turn most about. */
const DRAWN: readonly string[] = ['HFP', 'oblique'];
const LABELS = ['External', 'Lung_L', 'Lung_R', 'Bone', 'Trachea'];

let hub: HubProcess;
let centre: JourneyCentre;
let archive: CollectingScp;

beforeAll(async () => {
  hub = await startHubProcess(newHome());
  centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
  archive = await CollectingScp.start({ tls: { caPath: centre.server.caPath, server: centre.server as never } });
  await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: archive.port });
  await hub.api.post('/models', { folder: REFERENCE_MODEL });
}, 60_000);
afterAll(async () => {
  await archive.server.close();
  await hub.stop();
  removeHome(hub.home);
});

/** What the centre got, as a file. */
function lastArrival(path: string): Buffer {
  const { request, dataSet } = archive.instances.at(-1)!;
  const preamble = part10Preamble({
    sopClassUid: parseUid(request.sopClassUid),
    sopInstanceUid: parseUid(request.sopInstanceUid),
    transferSyntaxUid: parseUid(request.transferSyntaxUid),
  });
  const bytes = Buffer.concat([preamble, dataSet]);
  writeFileSync(path, bytes);
  return bytes;
}

/** The masks that inference wrote, on the grid that assembly found. */
function labelMasks(jobId: string): ReadonlyMap<string, Mask> {
  const database = new Database(join(hub.home, 'modelbank.sqlite'), { readonly: true });
  try {
    const row = database
      .prepare(
        'SELECT job.outcome, input_set.grid FROM job JOIN input_set ON input_set.id = inputSetId WHERE job.id = ?',
      )
      .get(jobId) as { outcome: string; grid: string };
    const grid = JSON.parse(row.grid) as Grid;
    const { labels } = JSON.parse(row.outcome) as { labels: LabelFile[] };
    return new Map(
      labels.map(({ name, file }) => [name, maskFromBits(grid, readFileSync(join(hub.home, 'objects', file)))]),
    );
  } finally {
    database.close();
  }
}

function maskOf(set: ReadStructureSet, name: string, grid: Grid): Mask {
  const roi = set.rois.find((each) => each.name === name);
  return maskFromContours(grid, roi?.contours ?? []).mask;
}

function centroid(mask: Mask): Vec3 {
  const { grid } = mask;
  const sum = [0, 0, 0];
  let count = 0;
  grid.origins.forEach((_, k) => {
    for (let j = 0; j < grid.rows; j += 1) {
      for (let i = 0; i < grid.columns; i += 1) {
        if (!hasVoxel(mask, i, j, k)) continue;
        voxelToPatient(grid, [i, j, k]).forEach((value, axis) => (sum[axis] += value));
        count += 1;
      }
    }
  });
  return sum.map((value) => value / count) as unknown as Vec3;
}

describe.each(SCAN_ORIENTATIONS)('the phantom as %s', (orientation) => {
  it('keeps its sides, its volumes and its masks from scan to RTSTRUCT', async () => {
    const ct = await phantomFiles(join(hub.home, 'ct', orientation), orientation, { ...SCAN, orientation });
    await send(hub, centre, ct.paths);
    const progress = await untilSettled(hub, ct.studyInstanceUid, 'odense');
    const [job] = progress.series[0].inputSets[0].tasks[0].jobs;
    expect(job.results).toMatchObject([{ deliveries: [{ state: 'delivered' }] }]);
    const path = join(hub.home, `${orientation}.dcm`);
    const bytes = lastArrival(path);
    const set = readStructureSet(bytes);
    expect(set).toMatchObject({ studyInstanceUid: ct.studyInstanceUid, label: 'AI, not approved' });
    expect(set.rois.map(({ name }) => name)).toEqual(LABELS);
    if (hasTool(DCIODVFY)) expect(dciodvfyComplaints(bytes).filter((line) => line.startsWith('Error'))).toEqual([]);

    const masks = labelMasks(job.id);
    for (const name of LABELS) {
      const mask = masks.get(name)!;
      expect(maskVolumeMl(mask)).toBeGreaterThan(1);
      expect([name, masksEqual(maskOf(set, name, mask.grid), mask)]).toEqual([name, true]);
    }
    for (const name of ['External', 'Lung_L', 'Lung_R'] as const) {
      const error = maskVolumeMl(masks.get(name)!) / ct.phantom.truth[name].analyticVolumeMl - 1;
      process.stdout.write(`${orientation} ${name}: ${(100 * error).toFixed(2)} % off the analytic volume\n`);
      expect(Math.abs(error)).toBeLessThan(0.02);
    }
    const [left, right] = ['Lung_L', 'Lung_R'].map((name) => centroid(masks.get(name)!));
    expect(left[0]).toBeGreaterThan(40);
    expect(right[0]).toBeLessThan(-40);

    if (!DRAWN.includes(orientation)) return;
    const sheet = await writeContactSheet(ct.paths, path, orientation, join(hub.home, `${orientation}.png`));
    keep(sheet);
    expectLeftOnTheRight(PNG.sync.read(readFileSync(sheet)));
  }, 120_000);
});

/** The picture is one a person can look at: MODELBANK_KEEP_SHEETS names a folder to leave it in. */
function keep(sheet: string): void {
  const folder = process.env.MODELBANK_KEEP_SHEETS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(sheet, join(folder, sheet.split('/').at(-1)!));
}

/** In every column of tiles, outlines of Lung_L (0, 150, 255) lie to the right of those of Lung_R (150, 90, 255). */
function expectLeftOnTheRight({ width, height, data }: PNG): void {
  const tileWidth = width / 4;
  const found = [0, 1, 2, 3].map(() => ({ left: [] as number[], right: [] as number[] }));
  const legendTop = height - 60;
  for (let y = 80; y < legendTop; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue] = data.subarray(4 * (y * width + x));
      const tile = found[Math.floor(x / tileWidth)];
      if (red === 0 && green === 150 && blue === 255) tile.left.push(x);
      if (red === 150 && green === 90 && blue === 255) tile.right.push(x);
    }
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const { left, right } of found) {
    expect(Math.min(left.length, right.length)).toBeGreaterThan(20);
    expect(mean(left) - mean(right)).toBeGreaterThan(tileWidth / 5);
  }
}
