/** Identities planted in every text element, private tags and nested items included, are found in object files only. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DICTIONARY } from '@modelbank/dicom';
import { runStorescu } from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { element, sequence, sliceDataSet, writeSlice } from '../../../../test/support/ct-slices';

const NAME = 'ZEBEDEE';
const CPR = '0101701234';
const IDENTITY = /zebedee|010170-?1234/i;
/** The conflict is compared in a process of its own. */
jest.setTimeout(60_000);

/** By VR: as much identity as a value may hold. */
const PLANTED: Readonly<Record<string, string>> = {
  AE: NAME,
  CS: NAME,
  LO: `${CPR} ${NAME}`,
  LT: `${NAME} ${CPR}`,
  PN: `${NAME}^HANSEN`,
  SH: `${NAME} ${CPR}`.slice(0, 16),
  ST: `${CPR} ${NAME}`,
  UC: `${NAME} ${CPR}`,
  UT: `${NAME} ${CPR}`,
};
/** What decides how the instance is read at all. */
const KEPT = new Set([0x00080005, 0x00080008, 0x00080060, 0x00280004]);

function plantedElements(): Buffer[] {
  const planted: Buffer[] = [];
  for (const { tag, vr } of Object.values(DICTIONARY)) {
    const value = PLANTED[vr];
    if (value !== undefined && tag > 0x00080000 && tag < 0x7fe00000 && !KEPT.has(tag))
      planted.push(element(tag, vr, value));
  }
  const nested = Buffer.concat([
    element(0x00080104, 'LO', `${NAME} ${CPR}`),
    element(0x0040a123, 'PN', `${NAME}^HANSEN`),
  ]);
  return [
    ...planted,
    sequence(0x00081110, nested),
    element(0x00110010, 'LO', `${NAME} ${CPR}`),
    element(0x00111001, 'UN', `${CPR} ${NAME}`),
    element(0x00111002, 'ST', `${CPR} ${NAME}`),
  ];
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

it('leaves no trace in logs, journal, outbox, database, metrics, problems or file names', async () => {
  const bench = await IntakeBench.open();
  await bench.enrol();
  const folder = await mkdtemp(join(tmpdir(), 'modelbank-identity-'));
  const plan = { seed: 'identity', k: 0, more: plantedElements() };
  const target = {
    port: bench.dimsePort,
    callingAeTitle: 'CT1',
    calledAeTitle: 'MODELBANK',
    tls: bench.toolTls('odense'),
  };
  const { path } = await writeSlice(folder, plan);
  expect(
    sliceDataSet(plan)
      .toString('latin1')
      .match(/ZEBEDEE/g)?.length,
  ).toBeGreaterThan(40);
  expect((await runStorescu(target, [path])).exitCode).toBe(0);
  // a conflict, and a data set that breaks off inside planted text
  const changed = await writeSlice(folder, { ...plan, side: 32 });
  expect((await runStorescu(target, [changed.path])).output).toMatch(/0111|0x0111|Status/);
  for (const planted of ['/studies/ZEBEDEE/progress', '/series/ZEBEDEE', '/journal?kind=ZEBEDEE']) {
    const { body } = await bench.api('GET', planted);
    expect(JSON.stringify({ ...body, instance: '' })).not.toMatch(IDENTITY);
  }
  const metrics = await fetch(`${bench.baseUrl}/metrics`, {
    headers: { authorization: `Bearer ${bench.operatorToken}` },
  });
  expect(await metrics.text()).not.toMatch(IDENTITY);
  const journal = (await bench.api('GET', '/journal?limit=1000')).body;
  expect(journal.length).toBeGreaterThan(5);
  expect(JSON.stringify(journal)).not.toMatch(IDENTITY);
  expect(JSON.stringify(await bench.outbox())).not.toMatch(IDENTITY);
  await bench.close();
  expect(bench.log.length).toBeGreaterThan(2);
  expect(bench.log.join('\n')).not.toMatch(IDENTITY);
  const files = await filesBelow(bench.configuration.home);
  const holding: string[] = [];
  for (const file of files) {
    expect(file).not.toMatch(IDENTITY);
    if (IDENTITY.test((await readFile(file)).toString('latin1')))
      holding.push(relative(bench.configuration.home, file));
  }
  // the first, and the one that was refused and kept apart
  expect(holding).toHaveLength(2);
  for (const file of holding) expect(file).toMatch(/^objects\/instances\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
  await rm(folder, { recursive: true, force: true });
  await rm(bench.configuration.home, { recursive: true, force: true });
});
