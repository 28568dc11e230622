/** Real files written again in Explicit VR Little Endian: our structure check and dcmtk take them, and they say what they said before. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { caught } from '../../test-support/caught';
import { checkPart10 } from '../check-part10';
import { dicomJson } from '../json/dicom-json';
import { openPart10 } from '../open-part10';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntaxes';
import { explicitPart10Head } from './explicit-part10';

const ROOT = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../../shared/data');
const hasDcmtk = spawnSync('dcmdump', ['--version']).status === 0;

const files = !existsSync(ROOT)
  ? []
  : readdirSync(ROOT, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((path) => !/CT\.\d+\.dcm$/.test(path) || path.endsWith('CT.001.dcm'))
      .filter((path) => !(caught(() => checkPart10(readFileSync(path))) instanceof Error))
      // a transcoder must know which instance it writes
      .filter((path) => openPart10(readFileSync(path)).dataSet.uid('SOPClassUID') !== undefined)
      .sort();
if (files.length === 0) process.stdout.write(`skipped: no test data in ${ROOT} (set MODELBANK_TEST_DATA)\n`);
if (!hasDcmtk) process.stdout.write('skipped in part: dcmdump of dcmtk is not installed\n');

type Json = Record<string, { vr: string; Value?: unknown[] }>;
const jsonOf = (bytes: Uint8Array) => JSON.parse([...dicomJson(openPart10(bytes).dataSet)].join('')) as Json;

(files.length === 0 ? describe.skip : describe)('explicitPart10Head', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'modelbank-explicit-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(files.map((path) => [basename(path), path]))('%s says the same', (name, path) => {
    const original = readFileSync(path);
    const written = explicitPart10Head(original);
    const { meta, structure } = checkPart10(written);
    expect(meta.transferSyntaxUid).toBe(EXPLICIT_VR_LITTLE_ENDIAN);
    expect(structure.byteLength).toBeGreaterThan(0);
    expect(jsonOf(written)).toEqual(jsonOf(original));
    if (!hasDcmtk) return;
    const copy = join(folder, name);
    writeFileSync(copy, written);
    expect(spawnSync('dcmdump', ['-q', copy], { maxBuffer: 1 << 28 }).status).toBe(0);
  });
});
