/** A run that is interrupted is a failed or a postponed attempt, never a failed hub; what a person releases runs again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { addDestination, enrolCentre, send, until, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import type { PhantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { SMALL_CHEST, journeyPackage } from './support/journey-package';
import type { JourneyPackageOptions } from './support/journey-package';
import { Ledger, NOTHING_WRONG, reconcile } from './support/ledger';
import { startReceiver } from './support/receiver';
import type { Receiver } from './support/receiver';

/** So slow that it can be met while it runs. */
const SLOW: JourneyPackageOptions = { id: 'slow-anatomy', spacingMm: 1.5 };
const NOBODYS_BONE: JourneyPackageOptions = { id: 'empty-anatomy', boneAbove: 1e6 };

describe('a job', () => {
  let home: string;
  let hub: HubProcess;
  let centre: JourneyCentre;
  let receiver: Receiver;
  let ct: PhantomFiles;
  let ledger: Ledger;

  async function begin(model: JourneyPackageOptions, environment: NodeJS.ProcessEnv = {}): Promise<void> {
    home = newHome();
    hub = await startHubProcess(home, environment);
    ledger = new Ledger();
    centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT' });
    receiver = await startReceiver(centre.server);
    await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
    await hub.api.post('/models', { folder: journeyPackage(join(home, 'package'), model) });
    ct = await phantomFiles(join(home, 'ct'), model.id ?? 'ct', SMALL_CHEST);
    expect(ledger.record(await send(hub, centre, ct.paths))).toEqual([]);
  }
  afterEach(async () => {
    await hub.stop();
    await receiver.close();
    removeHome(home);
  });

  async function settledJob() {
    const { series, held } = await untilSettled(hub, ct.studyInstanceUid, 'odense', 60_000);
    const [job] = series[0].inputSets[0].tasks[0].jobs;
    return { job, held };
  }

  function runningChild(): Promise<number> {
    return until(
      () => Promise.resolve(inferenceChildOf(hub.pid)),
      (pid) => pid !== 0,
    );
  }

  it('that runs when the hub stops is given back, and ends after the restart as the first attempt', async () => {
    await begin(SLOW);
    const child = await runningChild();
    const stoppingAt = performance.now();
    await hub.stop();
    expect(await hub.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppingAt).toBeLessThan(5000);
    expect(isAlive(child)).toBe(false);

    hub = await startHubProcess(home);
    expect((await settledJob()).job).toMatchObject({ state: 'built', attempts: 1 });
    expect(receiver.structureSetsOf(ct.seriesInstanceUid)).toHaveLength(1);
    expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
  }, 120_000);

  it('whose child is killed has failed once; the hub goes on and the second attempt is delivered', async () => {
    await begin(SLOW);
    process.kill(await runningChild(), 'SIGKILL');
    const { job, held } = await settledJob();
    expect(job).toMatchObject({ state: 'built', attempts: 2, results: [{ deliveries: [{ state: 'delivered' }] }] });
    expect(held).toEqual([]);
    expect(hub.output()).toMatch(/INFERENCE_CRASHED/);
    expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
  }, 120_000);

  it('whose attempts are used up waits for a person, whose release runs it again to its end', async () => {
    await begin(SLOW, { MODELBANK_INFERENCE_ATTEMPTS: '1' });
    process.kill(await runningChild(), 'SIGKILL');
    const failed = await settledJob();
    expect(failed).toMatchObject({ job: { state: 'failed', code: 'INFERENCE_CRASHED' }, held: [{ kind: 'job' }] });
    expect(receiver.arrivals()).toEqual([]);

    modelbank(home, ['held', 'release', failed.held[0].id, '--who', 'physicist', '--why', 'the machine was restarted']);
    const { job, held } = await settledJob();
    expect(job).toMatchObject({ id: failed.job.id, state: 'built', code: null, results: [{ state: 'built' }] });
    expect(held).toEqual([]);
    expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
  }, 120_000);

  it('with an unusable output is held at once; a release runs it again, a discard ends it', async () => {
    await begin(NOBODYS_BONE);
    const first = await settledJob();
    expect(first.job).toMatchObject({ state: 'held', code: 'OUTPUT_UNUSABLE', attempts: 1, results: [] });
    expect(first.held).toMatchObject([{ kind: 'job', code: 'OUTPUT_UNUSABLE' }]);

    const word = { who: 'physicist', why: 'once more' };
    await hub.api.post(`/held/${first.held[0].id}/release`, word);
    const second = await settledJob();
    expect(second.job).toMatchObject({ id: first.job.id, state: 'held', attempts: 1 });
    expect(second.held.map(({ id }) => id)).not.toContain(first.held[0].id);
    const released = await hub.api.get<{ id: string }[]>('/held?state=released');
    expect(released.map(({ id }) => id)).toEqual([first.held[0].id]);

    await hub.api.post(`/held/${second.held[0].id}/discard`, word);
    expect(await settledJob()).toMatchObject({ job: { state: 'failed', code: 'OUTPUT_UNUSABLE' }, held: [] });
    expect(receiver.arrivals()).toEqual([]);
    expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
  }, 120_000);
});

/** 0 when none runs. */
function inferenceChildOf(hubPid: number): number {
  const { stdout } = spawnSync('pgrep', ['-P', String(hubPid), '-f', 'child-main'], { encoding: 'utf8' });
  return Number(stdout.split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function modelbank(home: string, words: readonly string[]): void {
  const bin = join(__dirname, '..', '..', 'bin', 'modelbank');
  execFileSync(process.execPath, [bin, ...words], { env: { ...process.env, MODELBANK_HOME: home }, stdio: 'pipe' });
}
