/** The WG-04 images in every transfer syntax over mutual TLS, by our own SCU and by dcmtk: each is kept byte for byte. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { splitPart10 } from '@modelbank/dicom';
import { sendFiles } from '@modelbank/dimse';
import { InstanceEntity, InstanceRevisionEntity } from '@modelbank/store';
import { itWhen, runStorescu } from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';

const DATA = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../../shared/data');
const FOLDER = join(DATA, 'ct-syntaxes-wg04');
/** What storescu must be told to propose; and whether the encoding, or the image by its own word, lost something. */
const FILES: readonly (readonly [file: string, proposal: string, lossy: boolean])[] = [
  ['CT1_UNC', '-xe', false],
  ['CT1_RLE', '-xr', false],
  ['CT1_JPLL', '-xs', false],
  ['CT1_JLSL', '-xt', false],
  ['CT1_JLSN', '-xu', true],
  ['CT1_J2KR', '-xv', false],
  ['CT1_J2KI', '-xw', true],
  ['CT2_UNC', '-xe', false],
  ['CT2_RLE', '-xr', false],
  ['CT2_JPLL', '-xs', false],
  ['CT2_JLSL', '-xt', false],
  ['CT2_J2KR', '-xv', false],
  ['CT2_J2KI', '-xw', true],
];

/** Each image is compared with itself in a process of its own. */
jest.setTimeout(60_000);

let bench: IntakeBench;
let folder: string;
beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  folder = await mkdtemp(join(tmpdir(), 'modelbank-wg04-'));
});
afterAll(async () => {
  await bench.dispose();
  await rm(folder, { recursive: true, force: true });
});

const canRun = existsSync(FOLDER) && existsSync('/usr/bin/storescu') && existsSync('/usr/bin/dcmconv');
const wg04 = itWhen(canRun, `dcmtk or the WG-04 images in ${FOLDER} are not there (set MODELBANK_TEST_DATA)`);

/** dcmtk leaves group lengths and trailing padding out of what it sends: what arrives is what `dcmconv -g -p` makes of the file. */
wg04.each(FILES)('%s arrives byte for byte, also from dcmtk (storescu %s)', async (name, proposal, lossy) => {
  const path = join(FOLDER, `${name}.dcm`);
  const asDcmtkSends = join(folder, `${name}.dcm`);
  execFileSync('dcmconv', ['-g', '-p', path, asDcmtkSends], { stdio: 'pipe' });
  const { transferSyntaxUid, sopInstanceUid } = splitPart10(await readFile(path)).meta;
  expect(await sendFiles(await ownTarget(), [path])).toMatchObject([{ status: { code: 0 } }]);
  const row = await rowOf('odense', sopInstanceUid);
  expect(row).toMatchObject({ transferSyntaxUid, disposition: 'waiting' });
  expect(row.header.lossyCompressed ?? false).toBe(lossy);
  expect((await kept(row)).equals(await dataSetOf(path))).toBe(true);

  await storescu('aarhus', 'CT2', proposal, path);
  const other = await rowOf('aarhus', sopInstanceUid);
  expect((await kept(other)).equals(await dataSetOf(asDcmtkSends))).toBe(true);

  // the same content in other bytes
  await storescu('odense', 'CT1', proposal, path);
  expect(await rowOf('odense', sopInstanceUid)).toEqual(row);
  expect(await bench.reads.manager.count(InstanceRevisionEntity)).toBe(0);
});

async function storescu(centre: string, callingAeTitle: string, proposal: string, path: string): Promise<void> {
  const tls = bench.toolTls(centre);
  const target = { port: bench.dimsePort, callingAeTitle, calledAeTitle: 'MODELBANK', tls };
  const sent = await runStorescu(target, ['-R', proposal, path]);
  expect(sent).toMatchObject({ exitCode: 0, output: expect.stringContaining('Store Response (Success)') });
}

async function ownTarget() {
  const tls = await bench.socketTls('odense');
  const { ca, cert, key } = tls as Record<'ca' | 'cert' | 'key', Buffer>;
  const [callingAeTitle, calledAeTitle] = ['CT1', 'MODELBANK'];
  return { host: '127.0.0.1', port: bench.dimsePort, tls: { ca, cert, key }, callingAeTitle, calledAeTitle };
}

function rowOf(centreId: string, sopInstanceUid: string | undefined): Promise<InstanceEntity> {
  return bench.reads.manager.findOneByOrFail(InstanceEntity, { centreId, sopInstanceUid });
}

async function dataSetOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  return bytes.subarray(splitPart10(bytes).dataSetOffset);
}

const kept = (row: InstanceEntity) => dataSetOf(join(bench.configuration.home, 'objects', row.objectKey));
