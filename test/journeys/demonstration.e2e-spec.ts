/** `npm start`, the first command of the README, as a new user types it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { repositoryRoot } from '@modelbank/platform';
import { readStructureSet } from '@modelbank/structures';
import { dciodvfyComplaints, DCIODVFY, hasTool } from '@modelbank/testing';
import { runProcess } from './support/command-line';
import { newHome, removeHome } from './support/journey-hub';

const FREE_PORTS = { MODELBANK_HTTP_PORT: '0', MODELBANK_DIMSE_PORT: '0', MODELBANK_DICOMWEB_PORT: '0' };

it('npm start -- --once brings an RTSTRUCT and a picture, and ends with 0', async () => {
  const own = newHome();
  try {
    const environment = { ...FREE_PORTS, MODELBANK_HOME: own };
    const start = join(repositoryRoot(), 'bin', 'start.mjs');
    const { exitCode, stdout, stderr } = await runProcess(process.execPath, [start, '--once'], environment);
    expect({ exitCode, told: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, told: '' });
    const told = `${stdout}${stderr}`;
    expect(told).toMatch(/delivery +delivered/);
    for (const name of ['External', 'Lung_L', 'Lung_R', 'Bone', 'Trachea']) {
      expect(told).toMatch(new RegExp(`^${name} +\\d+\\.\\d +\\d+`, 'm'));
    }
    expect(told).toMatch(/Send your own CT:\n {2}npm start -- --dicom DIR/);
    const path = /^RTSTRUCT +(\S+\.dcm)$/m.exec(told)?.[1] ?? '';
    expect(readStructureSet(readFileSync(path)).rois).toHaveLength(5);
    if (hasTool(DCIODVFY)) {
      expect(dciodvfyComplaints(readFileSync(path)).filter((line) => line.startsWith('Error'))).toEqual([]);
    }
    const sheet = PNG.sync.read(readFileSync(/^contact sheet +(\S+\.png)$/m.exec(told)?.[1] ?? ''));
    expect(Math.min(sheet.width, sheet.height)).toBeGreaterThan(600);
  } finally {
    removeHome(own);
  }
}, 180_000);
