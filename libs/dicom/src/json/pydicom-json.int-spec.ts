/** An independent reader of the same files: what pydicom's `to_json_dict` says, element by element, nested ones included. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { checkPart10 } from '../check-part10';
import { DicomError } from '../dicom-error';
import { openPart10 } from '../open-part10';
import { dicomJson } from './dicom-json';

const ROOT = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../../shared/data');
const PYTHON = '/usr/bin/python3';
const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;

interface Json {
  vr?: string;
  Value?: unknown[];
  InlineBinary?: string;
}
type JsonDataSet = Record<string, Json>;

function soundFiles(): string[] {
  if (!existsSync(ROOT) || !hasPydicom) return [];
  return readdirSync(ROOT, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !/CT\.\d+\.dcm$/.test(path) || path.endsWith('CT.001.dcm'))
    .filter((path) => isSound(readFileSync(path)))
    .sort();
}

function isSound(bytes: Uint8Array): boolean {
  try {
    checkPart10(bytes);
    return true;
  } catch (error) {
    if (error instanceof DicomError) return false;
    throw error;
  }
}

function pydicom(paths: readonly string[]): { json?: JsonDataSet; error?: string }[] {
  const script = join(__dirname, '../../test-support/json-with-pydicom.py');
  const output = execFileSync(PYTHON, [script, ...paths], { maxBuffer: 1 << 30, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { json?: JsonDataSet; error?: string });
}

/** Why two values differ on purpose; a difference without a reason here is a failure. */
function reasonOf(tag: string, ours: Json, theirs: Json, characterSetKnown: boolean): string | undefined {
  if (tag === '00080005') return 'ours says the character set of the JSON text, UTF-8';
  if (ours.vr === 'SQ' && theirs.vr === 'UN') return 'a private sequence that we recognise by its first item';
  if (ours.vr === 'UN' && theirs.vr !== 'UN') return 'implicit VR or UN of an element that our dictionary lacks';
  if (!characterSetKnown) return 'a character set that nobody knows';
  const texts = [ours, theirs].map((each) => JSON.stringify(canonical(each.Value ?? [])));
  return texts[0] === texts[1] ? 'spelling only' : undefined;
}

/** pydicom keeps padding inside values, writes numbers that JSON cannot hold in its own way and FL with seven digits. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical).filter((each, _, all) => all.length > 1 || each !== '');
  if (value === null) return '';
  if (typeof value === 'string')
    return /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : value.replace(/[\s\0]/g, '');
  if (typeof value === 'number') return Number(value.toPrecision(7));
  const groups = Object.entries(value as Record<string, string>).filter(([, text]) => text !== '');
  return groups.length === 0
    ? ''
    : Object.fromEntries(groups.map(([name, text]) => [name, text.replace(/[\s\0]/g, '')]));
}

function differences(ours: JsonDataSet, theirs: JsonDataSet, known: boolean, path = ''): string[] {
  const tags = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  return tags.flatMap((tag) => {
    const [a, b] = [ours[tag], theirs[tag]];
    if (a === undefined || b === undefined)
      return [`${path}${tag}: only ${a === undefined ? 'pydicom' : 'we'} have it`];
    if (a.vr === 'SQ' && b.vr === 'SQ') {
      const [items, theirItems] = [a.Value ?? [], b.Value ?? []] as JsonDataSet[][];
      if (items.length !== theirItems.length) return [`${path}${tag}: ${items.length} items, not ${theirItems.length}`];
      return items.flatMap((item, index) => differences(item, theirItems[index], known, `${path}${tag}/${index + 1}/`));
    }
    const same = a.vr === b.vr && JSON.stringify(a) === JSON.stringify(b);
    if (same || reasonOf(tag, a, b, known) !== undefined) return [];
    return [`${path}${tag}: ${JSON.stringify(a).slice(0, 200)}, not ${JSON.stringify(b).slice(0, 200)}`];
  });
}

const files = soundFiles();
if (files.length === 0) process.stdout.write(`skipped: no test data in ${ROOT}, or no python3 with pydicom here\n`);
const answers = files.length === 0 ? [] : pydicom(files);
const rows = files.map((path, index) => [basename(path), path, answers[index]] as const);

(rows.length === 0 ? describe.skip : describe)('the DICOM JSON of real files', () => {
  it.each(rows.filter(([, , { json }]) => json !== undefined))('%s is what pydicom says', (_name, path, { json }) => {
    const { dataSet } = openPart10(readFileSync(path));
    const ours = JSON.parse([...dicomJson(dataSet)].join('')) as JsonDataSet;
    expect(differences(ours, json ?? {}, dataSet.characterSetKnown)).toEqual([]);
  });

  it('is compared for every file but the one with IS that are no integers', () => {
    expect(rows.filter(([, , { error }]) => error !== undefined).map(([name]) => name)).toEqual(['badVR.dcm']);
  });
});
