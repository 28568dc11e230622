/** The pool with children that misbehave: each ends as one failed request, and the next request is served. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FramePool } from './frame-pool';
import type { FramePoolOptions } from './frame-pool';

const READY = `process.send({ type: 'ready' });`;
const BYTES = `{ kind: 'bytes', bytes: Buffer.from(String(process.pid)) }`;
/** Does what the path of the request says. */
const PROGRAM = `
process.on('message', async ({ path }) => {
  const done = () => process.send({ type: 'done', answer: ${BYTES} });
  if (path === 'good') done();
  if (path === 'slow') setTimeout(done, 300);
  if (path === 'hang') for (;;);
  if (path === 'grow') { const kept = []; setInterval(() => kept.push(new Uint8Array(16 << 20).fill(1)), 5); }
  if (path === 'die') process.kill(process.pid, 'SIGSEGV');
  if (path === 'fail') { process.send({ type: 'failed', code: 'DECODING_FAILED', message: 'no' }); setTimeout(() => process.exit(0), 50); }
  if (path === 'absent') process.send({ type: 'failed', code: 'NO_SUCH_FRAME', message: 'there is no such frame' });
  if (path === 'rubbish') process.send({ type: 'done', answer: { kind: 'described', numberOfFrames: -1 } });
});
`;

let folder: string;
let pool: FramePool;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelbank-frames-'));
  writeFileSync(
    join(folder, 'child.js'),
    `require('node:fs').writeFileSync(require('node:path').join(__dirname, process.pid + '.pid'), '');${PROGRAM}${READY}`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => pool.close());

const open = (options: Partial<FramePoolOptions> = {}) =>
  (pool = new FramePool({ entry: join(folder, 'child.js'), children: 1, ...options }));
const ask = async (path: string, signal?: AbortSignal) =>
  Buffer.from((await pool.run({ kind: 'frame', path, frame: 1, as: 'native' }, signal)).bytes).toString();
const failure = (path: string) =>
  ask(path).then(
    () => undefined,
    (error: { code: string; message: string }) => error,
  );

function living(): number[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => parseInt(name, 10))
    .filter((pid) => existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '));
}

describe('the frame pool', () => {
  it('serves one request after another from one child', async () => {
    open();
    const pids = [await ask('good'), await ask('good'), await ask('good')];
    expect(new Set(pids).size).toBe(1);
  });

  it.each([
    ['hangs', 'hang', { timeoutMs: 500 }, /no answer within 0.5 s/],
    ['grows', 'grow', { memoryMiB: 200 }, /more than 200 MiB/],
    ['crashes', 'die', {}, /ended without an answer/],
    ['cannot decode', 'fail', {}, /no/],
    ['says what is none of ours', 'rubbish', {}, /none of ours/],
  ])('ends a child that %s, and serves the next from a new one', async (_what, path, options, message) => {
    open(options);
    const first = await ask('good');
    // the next request waits while the child goes down: it must not be given to it
    const [failed, next] = await Promise.all([failure(path), ask('good')]);
    expect(failed).toMatchObject({ code: 'DECODING_FAILED', message: expect.stringMatching(message) as string });
    expect(next).not.toBe(first);
    await delay(100);
    expect(living()).toEqual([Number(next)]);
  });

  it('keeps a child that only had nothing to show', async () => {
    open();
    const first = await ask('good');
    expect(await failure('absent')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask('good')).toBe(first);
  });

  it('never runs more children than allowed, and refuses what would wait too long', async () => {
    open({ children: 2, queueLength: 3 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('slow').catch((e: { code: string }) => e.code)),
    );
    expect(answers.filter((each) => each === 'HUB_BUSY')).toHaveLength(3);
    expect(new Set(answers.filter((each) => each !== 'HUB_BUSY')).size).toBe(2);
  });

  it('gives up what its asker no longer waits for', async () => {
    open();
    const controller = new AbortController();
    const [slow, given] = [ask('slow'), ask('good', controller.signal).catch((e: { code: string }) => e.code)];
    controller.abort();
    expect(await given).toBe('HUB_BUSY');
    expect(await slow).toMatch(/^\d+$/);
    expect(await ask('good')).toMatch(/^\d+$/);
  });

  it('lets children end when nobody asks, and leaves none behind', async () => {
    open({ idleMs: 100 });
    const first = await ask('good');
    await delay(400);
    expect(living()).toEqual([]);
    expect(await ask('good')).not.toBe(first);
    pool.close();
    await delay(200);
    expect(living()).toEqual([]);
    expect(await failure('good')).toMatchObject({ code: 'HUB_BUSY' });
  });
});
