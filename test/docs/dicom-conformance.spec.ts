/** The conformance statement says what the code does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@modelbank/dicom';
import { COMMITMENT_FAILURE, DEFAULT_SCP_LIMITS, DEFAULT_SCU_TIMEOUTS, STORAGE_COMMITMENT } from '@modelbank/dimse';
import { Configuration, repositoryRoot } from '@modelbank/platform';
import { CONFORMANCE_TABLES } from './conformance-tables';

const PATH = join(repositoryRoot(), 'docs', 'dicom-conformance.md');
const MARKED = /<!-- generated: ([a-z-]+) -->\n([\s\S]*?)<!-- end -->/g;

if (process.env.MODELBANK_WRITE_DOCS === '1') {
  const written = readFileSync(PATH, 'utf8').replace(MARKED, (_whole, name: string) => {
    return `<!-- generated: ${name} -->\n${CONFORMANCE_TABLES[name]().join('\n')}\n<!-- end -->`;
  });
  writeFileSync(PATH, written);
}

const text = readFileSync(PATH, 'utf8');
const cells = (lines: readonly string[]) =>
  lines
    .filter((line) => line.trim() !== '' && !/^[|\s-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

it.each(Object.keys(CONFORMANCE_TABLES))('the table of %s is that of the code', (name) => {
  const found = [...text.matchAll(MARKED)].filter(([, each]) => each === name);
  expect(found).toHaveLength(1);
  expect(cells(found[0][2].split('\n'))).toEqual(cells(CONFORMANCE_TABLES[name]()));
});

it('names us as we name ourselves', () => {
  for (const value of [IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME]) expect(text).toContain(value);
});

it('gives the limits, times and codes of storage commitment', () => {
  const { commitment, delivery } = new Configuration();
  expect(text).toContain(`(default **${commitment.keepDays} days**)`);
  expect(commitment.retryAfterMs.map((ms) => ms / 1_000)).toEqual([10, 60, 300, 900, 3_600]);
  expect([commitment.giveUpAfterDays, delivery.timeoutMs]).toEqual([7, 60_000]);
  for (const uid of [STORAGE_COMMITMENT.sopClassUid, STORAGE_COMMITMENT.sopInstanceUid]) expect(text).toContain(uid);
  for (const reason of Object.values(COMMITMENT_FAILURE)) {
    expect(text).toContain(`| 0x${reason.toString(16).padStart(4, '0')} |`);
  }
});

it('the defaults of the library are those of the configuration', () => {
  const { limits } = new Configuration().dimse;
  const { maximumHandshakes, ...configured } = DEFAULT_SCP_LIMITS;
  expect(text).toContain(`At most ${maximumHandshakes} TLS handshakes`);
  expect(configured).toEqual({
    handshakeMs: limits.handshakeTimeoutMs,
    associateMs: limits.artimTimeoutMs,
    idleMs: limits.idleTimeoutMs,
    lingerMs: limits.closeTimeoutMs,
    minimumBytesPerSecond: limits.minBytesPerSecond,
    rateWindowMs: limits.rateWindowMs,
    maximumAssociations: limits.maxAssociations,
    maximumAssociationsPerCentre: limits.maxAssociationsPerCentre,
    maximumConnections: limits.maxConnections,
    maximumObjectBytes: limits.maxInstanceBytes,
    maximumPduBytes: limits.maxPduBytes,
    maximumAssociateBytes: limits.maxAssociateBytes,
    responseMs: new Configuration().commitment.timeoutMs,
  });
  expect(DEFAULT_SCU_TIMEOUTS).toEqual({
    connectMs: 10_000,
    associateMs: 10_000,
    responseMs: 60_000,
    releaseMs: 10_000,
  });
});

it.each(['README.md', 'docs/torture.md'])('the scripts that %s names are there', (document) => {
  const read = (path: string) => readFileSync(join(repositoryRoot(), path), 'utf8');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(document).matchAll(/npm run ([a-z]+(?::[a-z]+)?)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
