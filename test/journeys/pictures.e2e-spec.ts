/**
 * A viewer (OHIF) at the DICOMweb door, request by request as its data source and image loader make them: the worklist, a study with the
 * hub's own result, its slices, its contours; and the pictures for those who have no viewer.
 */
import { readFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import { decode } from 'jpeg-js';
import { openPart10, readPixelFrames } from '@modelbank/dicom';
import { partsOf, jsonOf, webGet } from '../support/dicomweb-reader';
import { addDestination, enrolCentre, send, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles, REFERENCE_MODEL } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { startReceiver } from './support/receiver';

type Json = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>;

const LOADER_ACCEPT = 'multipart/related; type=application/octet-stream; transfer-syntax=*';

let home: string;
let hub: HubProcess;
let centre: JourneyCentre;
let ct: Awaited<ReturnType<typeof phantomFiles>>;
let get: (path: string, accept?: string) => ReturnType<typeof webGet>;

beforeAll(async () => {
  home = newHome();
  hub = await startHubProcess(home);
  centre = await enrolCentre(hub, { id: 'aarhus', aeTitle: 'AARHUS_CT', sendsWholeSeries: true });
  const receiver = await startReceiver(centre.server);
  await addDestination(hub, 'aarhus', { aeTitle: 'PACS', port: receiver.port });
  await hub.api.post('/models', { folder: REFERENCE_MODEL });
  ct = await phantomFiles(`${home}/ct`, 'pictures');
  await send(hub, centre, ct.paths);
  await untilSettled(hub, ct.studyInstanceUid, 'aarhus');
  await receiver.close();
  get = await getter();
}, 180_000);
afterAll(async () => {
  await hub.stop();
  removeHome(home);
});

const valueOf = (dataSet: Json, tag: string) => dataSet[tag]?.Value?.[0];
const study = () => `studies/${ct.studyInstanceUid}`;

async function seriesOf(modality: string): Promise<string> {
  const found = jsonOf<Json[]>(await get(`${study()}/series?includefield=0008103E,00200011,00080021,00080031`));
  const series = found.find((each) => valueOf(each, '00080060') === modality);
  return String(series && valueOf(series, '0020000E'));
}

describe('a viewer', () => {
  it('lists the study with both modalities', async () => {
    const query = `studies?limit=101&offset=0&fuzzymatching=false&includefield=00081030,00080060&StudyInstanceUID=${ct.studyInstanceUid}`;
    const [found, ...others] = jsonOf<Json[]>(await get(query, 'application/dicom+json'));
    expect(others).toEqual([]);
    expect(found['00080061'].Value).toEqual(['CT', 'RTSTRUCT']);
  });

  it('reads the metadata of the series, with all that places a slice', async () => {
    const path = `${study()}/series/${await seriesOf('CT')}/metadata`;
    const slices = jsonOf<Json[]>(await get(path, 'application/dicom+json'));
    expect(slices).toHaveLength(ct.paths.length);
    for (const slice of slices) {
      for (const tag of [
        '00200032',
        '00200037',
        '00280030',
        '00280010',
        '00280011',
        '00280100',
        '00281052',
        '00281053',
      ]) {
        expect(slice[tag]?.Value?.length).toBeGreaterThan(0);
      }
      expect(slice['7FE00010'].BulkDataURI).toMatch(
        /^https:\/\/localhost:\d+\/dicomweb\/MODELBANK\/studies\/.*\/bulkdata\/7FE00010$/,
      );
    }
  });

  it('loads a frame as its loader asks for it, and the pixels are those that were sent', async () => {
    const [slice] = jsonOf<Json[]>(await get(`${study()}/series/${await seriesOf('CT')}/metadata`));
    const uid = String(valueOf(slice, '00080018'));
    const [part] = await partsOf(
      await get(`${study()}/series/${await seriesOf('CT')}/instances/${uid}/frames/1`, LOADER_ACCEPT),
    );
    expect(part.type).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    const sent = await Promise.all(ct.paths.map((path) => readFile(path)));
    const original = sent.find((bytes) => openPart10(bytes).dataSet.text('SOPInstanceUID') === uid);
    expect(original && part.body.equals(readPixelFrames(original)[0])).toBe(true);
  });

  it('reads bulk data at the address of the metadata, absolute or below its own root', async () => {
    const [slice] = jsonOf<Json[]>(await get(`${study()}/series/${await seriesOf('CT')}/metadata`));
    const address = slice['7FE00010'].BulkDataURI ?? '';
    const relative = address.slice(address.indexOf('studies/'));
    for (const accept of ['multipart/related; type="application/octet-stream"', 'application/octet-stream', '*/*']) {
      const answer = await get(relative, accept);
      const body = accept.startsWith('multipart') ? (await partsOf(answer))[0].body : answer.body;
      expect(body).toHaveLength(Number(valueOf(slice, '00280010')) * Number(valueOf(slice, '00280011')) * 2);
    }
  });

  it('finds the contours of the result in its metadata', async () => {
    const [set] = jsonOf<Json[]>(await get(`${study()}/series/${await seriesOf('RTSTRUCT')}/metadata`));
    const rois = set['30060020'].Value as Json[];
    expect(rois.map((roi) => valueOf(roi, '30060026'))).toContain('Lung_L');
    const [roi] = set['30060039'].Value as Json[];
    const [contour] = roi['30060040'].Value as Json[];
    expect(contour['30060050'].Value?.length).toBeGreaterThan(9);
    expect((contour['30060050'].Value ?? []).every((value) => typeof value === 'number')).toBe(true);
  });

  it('gets its thumbnails by a query parameter', async () => {
    const answer = await get(`${study()}/series/${await seriesOf('CT')}/thumbnail?accept=image/jpeg`, '*/*');
    expect(answer.headers['content-type']).toBe('image/jpeg');
    expect(decode(answer.body).width).toBe(128);
  });
});

describe('a picture', () => {
  const colours = (png: PNG) => {
    const found = new Set<string>();
    for (let at = 0; at < png.data.length; at += 4) found.add(png.data.subarray(at, at + 3).join());
    return found;
  };

  it('shows the contours of the result in the colours of its ROIs, and none unless asked', async () => {
    const query = 'window=40,400&viewport=900,900';
    const plain = PNG.sync.read((await get(`${study()}/rendered?${query}`, 'image/png')).body);
    expect([...colours(plain)].every((rgb) => new Set(rgb.split(',')).size === 1)).toBe(true);
    const drawn = PNG.sync.read((await get(`${study()}/rendered?${query}&overlay=contours`, 'image/png')).body);
    const [set] = jsonOf<Json[]>(await get(`${study()}/series/${await seriesOf('RTSTRUCT')}/metadata`));
    const shown = (set['30060039'].Value as Json[]).map((roi) => (roi['3006002A'].Value ?? []).join());
    for (const colour of shown) expect(colours(drawn)).toContain(colour);
  });

  it('shows one structure set when it is named, and refuses one of elsewhere', async () => {
    const [set] = jsonOf<Json[]>(await get(`${study()}/series/${await seriesOf('RTSTRUCT')}/metadata`));
    const uid = String(valueOf(set, '00080018'));
    const answer = await get(`${study()}/rendered?structureSet=${uid}&legend=true`, 'image/png');
    expect(colours(PNG.sync.read(answer.body)).size).toBeGreaterThan(300);
    expect((await get(`${study()}/rendered?structureSet=1.2.3`, 'image/png')).status).toBe(404);
  });
});

async function getter(): Promise<typeof get> {
  const { dicomwebPort } = JSON.parse(await readFile(`${home}/hub.json`, 'utf8')) as { dicomwebPort: number };
  const [ca, cert, key] = await Promise.all(
    [centre.server.caPath, centre.client.certPath, centre.client.keyPath].map((path) => readFile(path)),
  );
  const bench = {
    dicomwebPort,
    pki: { caPath: centre.server.caPath } as never,
    socketTls: () => Promise.resolve({ ca, cert, key }),
  };
  return (path, accept) => webGet(bench, path, { centre: 'aarhus' }, accept === undefined ? {} : { accept });
}
