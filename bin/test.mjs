// `npm test`: sets up, then lint, types, dependency rules and all tests; ends with the line `N passed, N failed`.
// `npm test -- --only lint,unit,integration,journeys,faults,hostile,torture` runs some of the test projects.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureReady, packageCommand, ROOT } from './setup.mjs';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : null;
const wants = (name) => only === null || only.includes(name);
let passed = 0;
let failed = 0;
const skipped = [];

function check(title, script, args) {
  process.stdout.write(`\n== ${title}\n`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 1, 2] });
  if (status === 0) passed += 1;
  else failed += 1;
}

/** Runs one jest project and adds its counts; a suite that could not even start counts as a failure. */
function jest(project, { extra = [], env = {}, name = project } = {}) {
  process.stdout.write(`\n== ${name} tests\n`);
  const report = join(ROOT, '.cache', `jest-${name.replaceAll(' ', '-')}.json`);
  rmSync(report, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [packageCommand('jest', 'bin/jest.js'), '--selectProjects', project, '--json', `--outputFile=${report}`, ...extra],
    { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } },
  );
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    passed += counts.numPassedTests;
    failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
    for (const file of counts.testResults) {
      for (const test of file.assertionResults) if (test.status === 'pending') skipped.push(test.fullName);
    }
    if (status !== 0 && counts.numFailedTests + counts.numRuntimeErrorTestSuites === 0) failed += 1;
  } catch {
    process.stdout.write(`jest ended with status ${status} and no report\n`);
    failed += 1;
  }
}

ensureReady();
mkdirSync(join(ROOT, '.cache'), { recursive: true });
if (wants('lint')) {
  check('types', packageCommand('typescript', 'bin/tsc'), ['--noEmit', '-p', 'tsconfig.json']);
  check('lint', packageCommand('eslint', 'bin/eslint.js'), ['.']);
  check('format', packageCommand('prettier', 'bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']);
  check('dependency rules', packageCommand('dependency-cruiser', 'bin/dependency-cruise.mjs'), [
    '--config',
    '.dependency-cruiser.cjs',
    'apps',
    'libs',
  ]);
}
if (wants('unit')) jest('unit');
if (wants('integration')) jest('integration');
if (wants('journeys')) jest('journeys', { extra: ['--runInBand'] });
if (wants('faults')) jest('faults', { extra: ['--runInBand'] });
// These two ask nothing of a broker; arrivals and ranked-series run on both brokers by themselves.
const SAME_ON_ANY_BROKER = 'access|command-line|demonstration|arrivals|ranked-series';
if (wants('hostile')) {
  jest('journeys', {
    name: 'journeys on the hostile broker',
    extra: ['--runInBand', '--testPathIgnorePatterns', SAME_ON_ANY_BROKER],
    env: { MODELBANK_TEST_BROKER: 'hostile' },
  });
}
// Two groups at a time, each with a hub of its own: a row is mostly waiting.
if (wants('torture')) jest('torture', { extra: ['--maxWorkers=2'] });

if (skipped.length > 0) process.stdout.write(`\nSkipped (each printed its reason above):\n  ${skipped.join('\n  ')}\n`);
process.stdout.write(
  `\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
);
process.exit(failed === 0 ? 0 : 1);
