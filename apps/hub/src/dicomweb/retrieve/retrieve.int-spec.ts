/** WADO-RS over the real door: what comes back byte for byte, for whom, and what is written down about it. */
import { deriveUid } from '@modelbank/dicom';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { jsonOf, partsOf, webGet } from '../../../../../test/support/dicomweb-reader';
import type { WebCaller } from '../../../../../test/support/dicomweb-reader';
import { pixelFile, pixelFileUids, ramp } from '../../../../../test/support/pixel-files';
import { plantResult } from '../../../../../test/support/planted-result';
import { storeInstance } from '../../../../../test/support/stored-instances';

type Json = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>;

const ODENSE: WebCaller = { centre: 'odense' };
const SMALL = { seed: 'small', pixels: ramp(24) };
const small = pixelFileUids(SMALL);
const SMALL_INSTANCE = `studies/${small.study}/series/${small.series}/instances/${small.instance}`;
const smallFile = pixelFile(SMALL);

/** Decoders have to start. */
jest.setTimeout(60_000);

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open({
    callers: {
      'token-of-doctor': { actor: 'doctor', permissions: new Set(['dicomweb:read']), centreIds: ['odense'] },
      'token-of-other': { actor: 'other', permissions: new Set(['dicomweb:read']), centreIds: ['aarhus'] },
    },
  });
  await bench.enrol();
  await storeInstance(bench, 'odense', smallFile);
});
afterAll(() => bench.dispose());

const get = (path: string, accept?: string, caller = ODENSE) =>
  webGet(bench, path, caller, accept === undefined ? {} : { accept });

describe('instances', () => {
  it('come as they are stored, byte for byte, one or all of a series or study', async () => {
    for (const path of [SMALL_INSTANCE, `studies/${small.study}/series/${small.series}`, `studies/${small.study}`]) {
      const [part, ...others] = await partsOf(
        await get(path, 'multipart/related; type="application/dicom"; transfer-syntax=*'),
      );
      expect(others).toEqual([]);
      expect(part.type).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
      expect(part.location).toMatch(new RegExp(`^https://localhost:\\d+/dicomweb/MODELBANK/${SMALL_INSTANCE}$`));
      expect(part.body.equals(smallFile)).toBe(true);
    }
    const single = await get(SMALL_INSTANCE, 'application/dicom');
    expect(single.headers['content-type']).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(single.body.equals(smallFile)).toBe(true);
    expect(single.headers['cache-control']).toBe('private, no-store');
  });

  it('are written anew in Explicit VR Little Endian for who takes nothing else', async () => {
    const seed = { seed: 'big-endian' };
    const uids = pixelFileUids(seed);
    const native = ramp(24, 100);
    await storeInstance(bench, 'odense', bigEndianFile(native));
    const path = `studies/${uids.study}/series/${uids.series}/instances/${uids.instance}`;
    const stored = await get(path, 'application/dicom; transfer-syntax=*');
    expect(stored.headers['content-type']).toContain('1.2.840.10008.1.2.2');
    const answer = await get(path, 'application/dicom');
    expect(answer.headers['content-type']).toContain('1.2.840.10008.1.2.1');
    expect(answer.body.subarray(-native.length).equals(native)).toBe(true);
  });
});

describe('metadata', () => {
  it('is DICOM JSON without pixels, with the address of what is left out', async () => {
    const answer = await get(`${SMALL_INSTANCE}/metadata`, 'application/dicom+json');
    expect(answer.headers['content-type']).toBe('application/dicom+json');
    const [dataSet] = jsonOf<Json[]>(answer);
    expect(dataSet['00100010'].Value).toEqual([{ Alphabetic: 'Duck^Donald' }]);
    expect(dataSet['00083002'].Value).toEqual(['1.2.840.10008.1.2.1']);
    const address = dataSet['7FE00010'].BulkDataURI ?? '';
    const bulk = await get(address.split('/dicomweb/MODELBANK/')[1]);
    expect(bulk.body.equals(SMALL.pixels)).toBe(true);
  });

  it('of a series of a thousand slices comes whole', async () => {
    const uids = pixelFileUids({ seed: 'thousand' });
    for (let k = 0; k < 1000; k++) {
      await storeInstance(bench, 'odense', pixelFile({ seed: 'thousand', k, pixels: ramp(24) }));
    }
    const all = jsonOf<Json[]>(await get(`studies/${uids.study}/series/${uids.series}/metadata`));
    expect(new Set(all.map((each) => each['00080018'].Value?.[0])).size).toBe(1000);
  });
});

describe('frames', () => {
  const plan = { seed: 'frames', frames: 3, pixels: ramp(72) };
  const uids = pixelFileUids(plan);
  const path = `studies/${uids.study}/series/${uids.series}/instances/${uids.instance}`;
  beforeAll(() => storeInstance(bench, 'odense', pixelFile(plan)));

  it('come in the order asked for, as parts', async () => {
    const parts = await partsOf(await get(`${path}/frames/3,1`));
    expect(parts.map(({ body }) => body.readUInt16LE(0))).toEqual([48, 0]);
    expect(parts[0].type).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    expect(parts[0].body).toHaveLength(48);
  });

  it('come without parts where one is asked for so', async () => {
    const { headers, body } = await get(`${path}/frames/2`, 'application/octet-stream');
    expect(headers['content-type']).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    expect(body.equals(plan.pixels.subarray(48, 96))).toBe(true);
  });

  it.each([
    ['0', 400],
    ['1,,2', 400],
    ['x', 400],
    ['4', 404],
    ['1,99999999999', 400],
    [Array(2001).fill(1).join(','), 400],
  ])('%# of a list that cannot be met is a problem', async (list, status) => {
    const answer = await get(`${path}/frames/${list}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

describe('bulk data', () => {
  it('is only what the instance holds: no file, no other address', async () => {
    for (const path of [
      'file:/etc/passwd',
      '..%2f..%2fetc%2fpasswd',
      '00091001',
      '00081140/1/00081155',
      'http:/169.254.169.254/',
    ]) {
      expect((await get(`${SMALL_INSTANCE}/bulkdata/${path}`)).status).toBe(404);
    }
  });
});

describe('what a client accepts', () => {
  it.each([
    ['', 'image/png', 406],
    ['', 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90', 406],
    ['', 'application/dicom;q=0, multipart/related;type="application/dicom";q=0', 406],
    ['', '*/*;q=0', 406],
    ['', 'text/html, */*;q=0.1', 200],
    ['/metadata', 'application/dicom+xml', 406],
    ['/metadata', 'application/json', 200],
    ['/frames/1', 'image/jls', 406],
    ['/rendered', 'image/*', 200],
    ['/rendered', 'video/mp4', 406],
    ['/rendered', 'image/png;q=2', 400],
  ])('of "%s" is kept to: %s, %i', async (route, accept, status) => {
    const answer = await get(SMALL_INSTANCE + route, accept);
    expect(answer.status).toBe(status);
    if (status === 406)
      expect(jsonOf<{ code: string; advice: string }>(answer)).toMatchObject({ code: 'NOT_ACCEPTABLE' });
  });
});

describe("another centre's data", () => {
  const routes = [
    '',
    '/metadata',
    '/frames/1',
    '/bulkdata/7FE00010',
    '/rendered',
    '/thumbnail',
    '/frames/1/rendered',
    '/frames/1/thumbnail',
  ];
  const levels = [`studies/${small.study}`, `studies/${small.study}/series/${small.series}`];
  const paths = [
    ...routes.map((route) => SMALL_INSTANCE + route),
    ...levels.flatMap((level) => ['', '/metadata', '/rendered', '/thumbnail'].map((route) => level + route)),
  ];

  const nameOf = (path: string) =>
    path.replace(small.study, '<study>').replace(small.series, '<series>').replace(small.instance, '<instance>');

  it.each(paths.map((path) => [nameOf(path), path]))('%s looks like data that is not there', async (_name, path) => {
    const elsewhere = path.replace(small.study, '1.2.3.4');
    for (const caller of [{ centre: 'aarhus' }, { token: 'token-of-other' }]) {
      const [theirs, nobodys] = await Promise.all([get(path, undefined, caller), get(elsewhere, undefined, caller)]);
      expect([theirs.status, nobodys.status]).toEqual([404, 404]);
      const words = (answer: typeof theirs) => ({ ...jsonOf<Record<string, unknown>>(answer), instance: '' });
      expect(words(theirs)).toEqual(words(nobodys));
    }
    expect((await get(path)).status).toBe(200);
  });
});

describe('results of the hub', () => {
  const made = (id: string) => ({ seriesInstanceUid: deriveUid(id, 'series'), sopInstanceUid: deriveUid(id, 'made') });
  const pathTo = (id: string) => {
    const { seriesInstanceUid, sopInstanceUid } = made(id);
    return `studies/${small.study}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  };

  it('are read like what was received, as long as they may be used, by their centre', async () => {
    const common = { centreId: 'odense', studyInstanceUid: small.study, file: smallFile };
    await plantResult(bench, { ...common, ...made('usable'), id: 'usable' });
    await plantResult(bench, { ...common, ...made('withdrawn'), id: 'withdrawn', state: 'withdrawn' });
    await plantResult(bench, { ...common, ...made('early'), id: 'early', inputSetState: 'provisional' });
    expect((await get(pathTo('usable'), 'application/dicom')).body.equals(smallFile)).toBe(true);
    expect((await get(pathTo('usable'), 'application/dicom', { centre: 'aarhus' })).status).toBe(404);
    for (const id of ['withdrawn', 'early']) expect((await get(pathTo(id), 'application/dicom')).status).toBe(404);
    expect(await partsOf(await get(`studies/${small.study}`))).toHaveLength(2);
  });
});

describe('an answer that fails half way', () => {
  it('is cut off, so that it does not look whole', async () => {
    const plan = { seed: 'half', frames: 2, transferSyntaxUid: RLE, pixels: [rleFrame(), Buffer.alloc(64, 0xff)] };
    await storeInstance(bench, 'odense', pixelFile(plan));
    const { study, series, instance } = pixelFileUids(plan);
    const path = `studies/${study}/series/${series}/instances/${instance}`;
    const [first] = await partsOf(await get(`${path}/frames/1`));
    expect(first.body).toHaveLength(48);
    await expect(get(`${path}/frames/1,2`)).rejects.toThrow();
    expect((await get(`${path}/frames/2,1`)).status).toBe(422);
  });
});

describe('the journal of reads', () => {
  it('has one entry for each person, study and kind in a minute, and no name', async () => {
    const before = (await bench.journal('study.read')).filter(({ actor }) => actor === 'doctor').length;
    const asDoctor = { token: 'token-of-doctor' };
    await Promise.all(Array.from({ length: 50 }, () => get(`${SMALL_INSTANCE}/frames/1`, undefined, asDoctor)));
    await get(`${SMALL_INSTANCE}/metadata`, undefined, asDoctor);
    const entries = (await bench.journal('study.read')).filter(({ actor }) => actor === 'doctor').slice(before);
    expect(entries.map(({ details }) => details?.what).sort()).toEqual(['frames', 'metadata']);
    expect(entries[0]).toMatchObject({ centreId: 'odense', subjectId: small.study });
    expect(JSON.stringify(entries)).not.toMatch(/Duck|0101011234/);
  });

  it('and the log name no patient', () => {
    expect(bench.log.join('\n')).not.toMatch(/Duck|0101011234/);
  });
});

const RLE = '1.2.840.10008.1.2.5';

/** Two segments (high and low bytes of 24 pixels), each one run of zeros (PS3.5 Annex G). */
function rleFrame(): Buffer {
  const header = Buffer.alloc(64);
  [2, 64, 66].forEach((value, at) => header.writeUInt32LE(value, at * 4));
  const run = Buffer.from([257 - 24, 0]);
  return Buffer.concat([header, run, run]);
}

function bigEndianFile(pixels: Buffer): Buffer {
  const explicit = pixelFile({ seed: 'big-endian', pixels, transferSyntaxUid: '1.2.840.10008.1.2.2' });
  const at = explicit.indexOf(Buffer.from('08001600', 'hex'));
  return Buffer.concat([explicit.subarray(0, at), bigEndian(explicit.subarray(at))]);
}

/** Explicit VR elements of short form turned round, US and OW values with them. */
function bigEndian(dataSet: Buffer): Buffer {
  const swapped = Buffer.from(dataSet);
  for (let at = 0; at < dataSet.length;) {
    const vr = dataSet.toString('latin1', at + 4, at + 6);
    swapped.subarray(at, at + 4).swap16();
    const long = vr === 'OW';
    const length = long ? dataSet.readUInt32LE(at + 8) : dataSet.readUInt16LE(at + 6);
    if (long) swapped.subarray(at + 8, at + 12).swap32();
    else swapped.subarray(at + 6, at + 8).swap16();
    const start = at + (long ? 12 : 8);
    if (vr === 'US' || vr === 'OW') swapped.subarray(start, start + length).swap16();
    at = start + length;
  }
  return swapped;
}
