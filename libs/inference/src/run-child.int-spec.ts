/** The ends that a child can come to, with real processes: each becomes one typed error and no process is left behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import type { ImageFactsSpec } from '@modelbank/contracts';
import { childEnvironment, runChild } from './run-child';
import type { RunChildOptions } from './run-child';

const TO_COMMONJS = {
  module: { type: 'commonjs' },
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
} as const;
const REQUEST: ImageFactsSpec = { kind: 'imageFacts', instances: [] };
const READY = `process.send({ type: 'ready' });`;
const FACTS = `{ bodyWidthMm: 1, bodyDepthMm: 1, bodyCrossSectionCm2: 1, airAroundBodyFraction: 0, lungVolumeMl: 0, boneFraction: 0,
  boneFractionCranialThird: 0, boneFractionMiddleThird: 0, boneFractionCaudalThird: 0 }`;
const DONE = `process.send({ type: 'done', outcome: { kind: 'imageFacts', facts: ${FACTS}, stages: [] } }`;

describe('runChild', () => {
  let folder: string;
  let count = 0;

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'modelbank-child-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program of the test in place of the child; it leaves its process id in a file. */
  async function run(program: string, options: Partial<RunChildOptions> = {}) {
    const entry = join(folder, `entry-${count++}.js`);
    const pidFile = `${entry}.pid`;
    writeFileSync(
      entry,
      `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));\n${program}`,
    );
    const ending = await runChild(REQUEST, { timeoutMs: 20_000, memoryMiB: 1024, ...options, entry }).then(
      (outcome) => ({ outcome, code: undefined, message: undefined }),
      (error: { code: string; message: string }) => ({ outcome: undefined, code: error.code, message: error.message }),
    );
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined;
    return { ...ending, isAlive: pid !== undefined && isAlive(pid) };
  }

  it('returns the outcome and tells the stages', async () => {
    const stages: string[] = [];
    const stage = `process.send({ type: 'stage', stage: { stage: 'decode', durationMs: 3 } });`;
    const program = `process.on('message', () => { ${stage} ${DONE}, () => process.exit(0)); }); ${READY}`;
    const ending = await run(program, { onStage: ({ stage: name }) => stages.push(name) });
    expect(ending.outcome).toMatchObject({ kind: 'imageFacts', facts: { bodyWidthMm: 1 } });
    expect(stages).toEqual(['decode']);
    expect(ending.isAlive).toBe(false);
  });

  it('ends a child that has answered and does not go', async () => {
    const program = `process.on('message', () => ${DONE})); setInterval(() => {}, 1000); ${READY}`;
    const ending = await run(program);
    expect(ending.outcome).toBeDefined();
    expect(ending.isAlive).toBe(false);
  });

  it.each([
    ['abort', 'process.abort();', 'signal SIGABRT'],
    ['exit code', 'process.exit(3);', 'exit code 3'],
    ['an exception', `throw new Error('Anders And 0101011234');`, 'exit code 1'],
    ['exit without an answer', `process.on('message', () => process.exit(0)); ${READY}`, 'exit code 0'],
  ])('calls %s a crash, without a word of its stderr', async (_, program, how) => {
    const ending = await run(program);
    expect(ending.code).toBe('INFERENCE_CRASHED');
    expect(ending.message).toContain(how);
    expect(ending.message).not.toContain('0101011234');
  });

  it('kills a child that spins beyond its time', async () => {
    const startedMs = performance.now();
    const ending = await run(`${READY} for (;;);`, { timeoutMs: 500 });
    expect(ending).toMatchObject({ code: 'INFERENCE_TIMEOUT', isAlive: false });
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  it('kills a child whose arrays grow beyond its memory', async () => {
    const grow = `const kept = []; setInterval(() => kept.push(new Uint8Array(16 << 20).fill(1)), 10);`;
    const ending = await run(`${READY} ${grow}`, { memoryMiB: 200 });
    expect(ending).toMatchObject({ code: 'INFERENCE_OUT_OF_MEMORY', isAlive: false });
  });

  it('calls a full heap out of memory', async () => {
    const ending = await run(`${READY} const kept = []; for (;;) kept.push(new Array(1000).fill({}));`, {
      memoryMiB: 400,
    });
    expect(ending).toMatchObject({ code: 'INFERENCE_OUT_OF_MEMORY', isAlive: false });
    expect(ending.message).toContain('for want of memory');
  }, 60_000);

  it('kills on abort, and does not start when aborted before', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const ending = await run(`${READY} setInterval(() => {}, 1000);`, { signal: controller.signal });
    expect(ending).toMatchObject({ code: 'LEASE_LOST', isAlive: false });
    expect(await run(READY, { signal: AbortSignal.abort() })).toMatchObject({ code: 'LEASE_LOST' });
  });

  it.each([
    ['no object', `process.send('hello');`],
    [
      'a path as file name',
      `process.send({ type: 'done', outcome: { kind: 'infer', executionProvider: 'cpu', peakRssMiB: 1,
      stages: [], labels: [{ name: 'A', file: '../../etc/passwd', sha256: '0'.repeat(64), voxelCount: 0, volumeMl: 0, empty: true,
      cutByScanEnd: false }] } });`,
    ],
    [
      'facts that are no numbers',
      `process.send({ type: 'done', outcome: { kind: 'imageFacts', facts: {}, stages: [] } });`,
    ],
    ['an invented code', `process.send({ type: 'failed', code: 'FINE', message: '' });`],
  ])('refuses a message with %s', async (_, program) => {
    const ending = await run(`${program} setInterval(() => {}, 1000);`);
    expect(ending).toMatchObject({ code: 'INTERNAL', isAlive: false });
  });

  it('reports a typed failure of the child as it is', async () => {
    const ending = await run(`process.send({ type: 'failed', code: 'OUTPUT_UNUSABLE', message: '"Brain" is empty' });`);
    expect(ending).toMatchObject({ code: 'OUTPUT_UNUSABLE', message: '"Brain" is empty' });
  });

  it('passes nothing of the environment but what finds a GPU', () => {
    expect(childEnvironment({ OPERATOR_TOKEN: 'secret', PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' })).toEqual({
      CUDA_VISIBLE_DEVICES: '1',
      LANG: 'C',
      TZ: 'UTC',
    });
  });

  it('leaves no orphan when the hub is killed', async () => {
    const watch = join(folder, 'parent-watch.js');
    const source = readFileSync(join(__dirname, 'child/parent-watch.ts'), 'utf8');
    writeFileSync(watch, transformSync(source, TO_COMMONJS).code);
    const child = join(folder, 'orphan.js');
    const parent = join(folder, 'parent.js');
    const spin = `const until = Date.now() + 20000; while (Date.now() < until);`;
    writeFileSync(
      child,
      `require(${JSON.stringify(watch)}).dieWithParent(Number(process.argv[2]));
      console.log(process.pid); setTimeout(() => { ${spin} }, 300);`,
    );
    writeFileSync(parent, `require('node:child_process').fork(${JSON.stringify(child)}, [String(process.pid)]);`);
    const hub = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((resolve) => hub.stdout.once('data', resolve)));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(isAlive(pid)).toBe(true);
    hub.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(isAlive(pid)).toBe(false);
  }, 60_000);
});

/** A killed process whose parent has not looked yet is a zombie: gone for our purpose. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !readFileSync(path, 'latin1').includes(') Z ');
}
