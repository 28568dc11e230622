/**
 * From `inputSet.assembled` to the acknowledged RTSTRUCT for a 200-slice 512x512 CT: what the hub itself takes beside the
 * inference child, what the child's stages take, and the peak memory of both. Prints figures; asserts nothing.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CollectingScp } from '@modelbank/testing';
import { ensurePki } from '@modelbank/dimse';
import type { ChildStage } from '@modelbank/contracts';
import { addDestination, enrolCentre, send, untilSettled } from '../journeys/support/journey-centre';
import { phantomFiles, REFERENCE_MODEL } from '../journeys/support/journey-data';
import { startHubProcess } from '../journeys/support/journey-hub';
import type { HubProcess } from '../journeys/support/journey-hub';

const RUNS = 3;
const SIZE = { rows: 512, columns: 512, slices: 200, pixelSpacingMm: 0.8, sliceSpacingMm: 1.5 };

interface JobAnswer {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly createdAt: string;
  readonly seriesInstanceUid: string;
  readonly inference: { readonly stages: readonly ChildStage[]; readonly peakRssMiB: number };
  readonly deliveries: readonly { readonly deliveredAt: string }[];
}

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'modelbank-bench-'));
  const hub = await startHubProcess(home);
  const centre = await enrolCentre(hub, { id: 'bench', aeTitle: 'BENCH_CT', sendsWholeSeries: true });
  const pki = await ensurePki(home, ['bench'], new Date());
  const receiver = await CollectingScp.start({ tls: { caPath: pki.caPath, server: pki.centres.bench.server } });
  try {
    await addDestination(hub, 'bench', { aeTitle: 'BENCH_TPS', port: receiver.port });
    await hub.api.post('/models', { folder: REFERENCE_MODEL });
    for (let run = 1; run <= RUNS; run++) await oneRun(hub, centre, join(home, `ct-${run}`), run);
  } finally {
    await receiver.server.close();
    await hub.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function oneRun(hub: HubProcess, centre: Parameters<typeof send>[1], folder: string, run: number): Promise<void> {
  const ct = await phantomFiles(folder, `bench ${run}`, SIZE);
  const sendingFrom = performance.now();
  await send(hub, centre, ct.paths);
  const sendMs = performance.now() - sendingFrom;
  await untilSettled(hub, ct.studyInstanceUid, 'bench', 600_000);
  const jobs = await hub.api.get<JobAnswer[]>('/jobs');
  const job = jobs.find(({ seriesInstanceUid }) => seriesInstanceUid === ct.seriesInstanceUid)!;
  const [explained] = await hub.api.get<{ inputSets: { assembledAt: string }[] }[]>(
    `/series/${ct.seriesInstanceUid}/explanation`,
  );
  report(run, sendMs, explained.inputSets[0].assembledAt, job, hub);
  await rm(folder, { recursive: true, force: true });
}

function report(run: number, sendMs: number, assembledAt: string, job: JobAnswer, hub: HubProcess): void {
  const at = (iso: string) => Date.parse(iso);
  const totalMs = at(job.deliveries[0].deliveredAt) - at(assembledAt);
  const childMs = at(job.finishedAt) - at(job.startedAt);
  const say = (name: string, value: string) => process.stdout.write(`  ${name.padEnd(46)}${value}\n`);
  process.stdout.write(`run ${run}: ${SIZE.slices} slices of ${SIZE.columns}x${SIZE.rows}\n`);
  say('C-STORE over mutual TLS, acknowledged', `${sendMs.toFixed(0)} ms`);
  say('assembled -> delivered', `${totalMs} ms`);
  say('  of that the inference child', `${childMs} ms`);
  say('  everything outside the inference child', `${totalMs - childMs} ms   (bar: 2000)`);
  say('    selection, with the image facts', `${at(job.createdAt) - at(assembledAt)} ms`);
  say('    waiting for a worker', `${at(job.startedAt) - at(job.createdAt)} ms`);
  say('    RTSTRUCT built, checked, delivered', `${at(job.deliveries[0].deliveredAt) - at(job.finishedAt)} ms`);
  for (const { stage, durationMs } of job.inference.stages) say(`  child: ${stage}`, `${durationMs.toFixed(0)} ms`);
  say('peak memory of the child', `${job.inference.peakRssMiB.toFixed(0)} MiB`);
  say('peak memory of the hub', `${peakRssMiB(hub.pid).toFixed(0)} MiB`);
}

/** VmHWM of Linux. */
function peakRssMiB(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmHWM:\s+(\d+) kB/);
  return line === null ? Number.NaN : Number(line[1]) / 1024;
}

void main();
