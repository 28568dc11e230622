/** A real head CT goes in by dcmtk's storescu, the real network finds the brain, storescp and Orthanc get the RTSTRUCT back. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readInstanceHeader } from '@modelbank/dicom';
import { gridFromSlices } from '@modelbank/geometry';
import type { Mask } from '@modelbank/geometry';
import { dice } from '@modelbank/metrics';
import { repositoryRoot } from '@modelbank/platform';
import { maskFromContours, readStructureSet } from '@modelbank/structures';
import { TOOLS, hasTool, runStorescu, runTool, startOrthanc, startStorescp } from '@modelbank/testing';
import { addDestination, enrolCentre, untilSettled } from './support/journey-centre';
import { filesIn, realData, REFERENCE_MODEL } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';

const DCIODVFY = '/usr/bin/dciodvfy';
const ASSEMBLE = join(repositoryRoot(), 'models/external/mindgrab/assemble.mjs');

const head = realData('ct-head-cranium') ?? '';
const weights = realData('weights-mindgrab') ?? '';
const hasPeers = [TOOLS.storescu, TOOLS.storescp, TOOLS.orthanc].every(hasTool);
if (!hasPeers) process.stderr.write('skipped: dcmtk or Orthanc is not installed\n');
const journey = hasPeers && head !== '' && weights !== '' ? it : it.skip;

journey(
  'brings the Brain of a real head CT back to the centre that sent it, over mutual TLS',
  async () => {
    const home = newHome();
    const hub = await startHubProcess(home);
    const received = join(home, 'received');
    mkdirSync(received);
    const centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
    const storescp = await startStorescp(received, centre.server);
    const orthanc = await startOrthanc(centre.server);
    try {
      await addDestination(hub, 'odense', { aeTitle: 'STORESCP', port: storescp.port });
      await addDestination(hub, 'odense', { aeTitle: 'ORTHANC', port: orthanc.tool.port });
      execFileSync(process.execPath, [ASSEMBLE, join(weights, 'mindgrab.onnx'), join(home, 'package')], {
        stdio: 'pipe',
      });
      await hub.api.post('/models', { folder: join(home, 'package') });
      await hub.api.post('/models', { folder: REFERENCE_MODEL });

      const target = {
        port: hub.dimsePort,
        callingAeTitle: centre.aeTitle,
        calledAeTitle: 'MODELBANK',
        tls: centre.client,
      };
      const sent = await runStorescu(target, ['+sd', join(head, 'CT')]);
      expect(sent).toMatchObject({ exitCode: 0 });

      const images = await filesIn(join(head, 'CT'));
      const { studyInstanceUid } = readInstanceHeader(readFileSync(images[0]));
      const progress = await untilSettled(hub, studyInstanceUid, 'odense', 400_000);
      const [inputSet] = progress.series[0].inputSets;
      expect(inputSet).toMatchObject({ slices: 108, candidates: 2, applicable: 1 });
      expect(inputSet.tasks[0].jobs[0].results[0].deliveries).toMatchObject([
        { state: 'delivered', attempts: 1 },
        { state: 'delivered', attempts: 1 },
      ]);
      const instances = await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`);
      expect(await instances.json()).toHaveLength(1);

      const [file] = readdirSync(received);
      const bytes = readFileSync(join(received, file));
      await expectValid(join(received, file));
      const { grid, brain } = brainOf(images, bytes);
      const reference = brainOf(images, readFileSync(join(head, 'RS.ai_brain_fullfov.dcm'))).brain;
      const overlap = dice(brain, reference);
      process.stdout.write(
        `Brain at 2 mm against 1 mm: Dice ${overlap?.toFixed(4)} on ${grid.origins.length} slices\n`,
      );
      expect(overlap).toBeGreaterThanOrEqual(0.9);
      const set = readStructureSet(bytes);
      expect(set).toMatchObject({ label: 'AI, not approved', approvalStatus: 'UNAPPROVED', studyInstanceUid });
      expect(set.rois.map(({ name, generationAlgorithm }) => [name, generationAlgorithm])).toEqual([
        ['Brain', 'AUTOMATIC'],
      ]);
    } finally {
      await storescp.stop();
      await orthanc.tool.stop();
      await hub.stop();
      removeHome(home);
    }
  },
  600_000,
);

function brainOf(images: readonly string[], structureSet: Uint8Array): { grid: Mask['grid']; brain: Mask } {
  const headers = images.map((path) => readInstanceHeader(readFileSync(path)));
  const found = gridFromSlices(headers);
  if (found.problem !== undefined) throw new Error(found.sentence);
  const roi = readStructureSet(structureSet).rois.find(({ name }) => name === 'Brain');
  return { grid: found.grid, brain: maskFromContours(found.grid, roi?.contours ?? []).mask };
}

async function expectValid(path: string): Promise<void> {
  if (!hasTool(DCIODVFY)) {
    process.stderr.write('not checked with dciodvfy: it is not installed\n');
    return;
  }
  const { output } = await runTool(DCIODVFY, [path]);
  expect(output).not.toMatch(/Error/);
}
