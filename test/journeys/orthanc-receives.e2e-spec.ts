/** Orthanc as the centre's archive: it accepts the delivered RTSTRUCT over mutual TLS and shows what the hub says of it. */
import { join } from 'node:path';
import { TOOLS, hasTool, startOrthanc } from '@modelbank/testing';
import { addDestination, enrolCentre, send, untilSettled } from './support/journey-centre';
import { phantomFiles, REFERENCE_MODEL } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';

interface OrthancTags {
  readonly Modality: string;
  readonly StructureSetLabel: string;
  readonly ApprovalStatus: string;
  readonly StructureSetROISequence: readonly { readonly ROIName: string }[];
  readonly ContributingEquipmentSequence: readonly Record<string, unknown>[];
}

if (!hasTool(TOOLS.orthanc)) process.stderr.write('skipped: Orthanc is not installed\n');
const journey = hasTool(TOOLS.orthanc) ? it : it.skip;

journey(
  'delivers the RTSTRUCT to Orthanc, which finds it with the CT of the same study',
  async () => {
    const home = newHome();
    const hub = await startHubProcess(home);
    const centre = await enrolCentre(hub, { id: 'aarhus', aeTitle: 'AARHUS_CT', sendsWholeSeries: true });
    const orthanc = await startOrthanc(centre.server);
    try {
      await addDestination(hub, 'aarhus', { aeTitle: 'ORTHANC', port: orthanc.tool.port });
      await hub.api.post('/models', { folder: REFERENCE_MODEL });
      const ct = await phantomFiles(join(home, 'ct'), 'orthanc');
      await send(hub, centre, ct.paths);
      const progress = await untilSettled(hub, ct.studyInstanceUid, 'aarhus');
      expect(progress.series[0].inputSets[0].tasks[0].jobs[0].results[0].deliveries).toMatchObject([
        { state: 'delivered' },
      ]);

      const ask = async <T>(path: string) =>
        (await fetch(`http://127.0.0.1:${orthanc.httpPort}${path}`)).json() as Promise<T>;
      const [instance, ...others] = await ask<string[]>('/instances');
      expect(others).toEqual([]);
      const tags = await ask<OrthancTags>(`/instances/${instance}/simplified-tags`);
      expect(tags).toMatchObject({
        Modality: 'RTSTRUCT',
        StructureSetLabel: 'AI, not approved',
        ApprovalStatus: 'UNAPPROVED',
      });
      expect(tags.StructureSetROISequence.map(({ ROIName }) => ROIName)).toEqual([
        'External',
        'Lung_L',
        'Lung_R',
        'Bone',
        'Trachea',
      ]);
      expect(JSON.stringify(tags.ContributingEquipmentSequence)).toMatch(/reference-ct-anatomy.*1\.0\.0/);
    } finally {
      await orthanc.tool.stop();
      await hub.stop();
      removeHome(home);
    }
  },
  180_000,
);
