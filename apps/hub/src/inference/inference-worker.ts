/**
 * The worker of the embedded default: claims one job at a time, runs it in a child process and makes the result durable
 * before the job says so. The database is the truth: a wake-up only makes it look sooner.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError, asHubError } from '@modelbank/contracts';
import type { InferenceOutcome } from '@modelbank/contracts';
import { runChild } from '@modelbank/inference';
import { locationsOf } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import type { ReadStore } from '@modelbank/store';
import { claimJob, renewLease } from './claim-job';
import type { Lease } from './claim-job';
import { finishFailed, finishInferred, giveBack } from './finish-job';
import type { FinishParts } from './finish-job';
import { jobSpec } from './job-spec';

export interface WorkerParts extends FinishParts {
  readonly store: ReadStore;
  readonly log: HubLogger;
  /** JavaScript file of the child; the compiled child of libs/inference where it is left out. */
  readonly childEntry?: string;
}

export class InferenceWorker {
  private readonly stopping = new AbortController();

  constructor(
    private readonly parts: WorkerParts,
    private readonly owner: string,
  ) {}

  /** Claims and runs one job; false when none waits. Never throws for a job's own failure. */
  async runNext(): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    const { unitOfWork, store, configuration, clock } = this.parts;
    const lease = await claimJob(unitOfWork, store, this.owner, configuration.inference.leaseMs, clock);
    if (lease === null) return false;
    await this.runLeased(lease);
    return true;
  }

  /** Ends a running child; its job waits again and the attempt does not count. */
  stop(): void {
    this.stopping.abort();
  }

  private async runLeased(lease: Lease): Promise<void> {
    const { crashPoints, log, configuration } = this.parts;
    crashPoints.reach('inference.afterClaim');
    const outputFolder = join(locationsOf(configuration).work, `${lease.job.id}-${lease.fencingToken}`);
    try {
      refuseExhausted(lease, configuration.inference.attempts);
      await mkdir(outputFolder, { recursive: true });
      const outcome = await this.runWithHeartbeat(lease, outputFolder);
      const counts = await finishInferred(this.parts, lease, outcome, outputFolder);
      if (!counts) log.info('inference.leaseLost', { jobId: lease.job.id });
    } catch (thrown) {
      if (this.stopping.signal.aborted) {
        await giveBack(this.parts, lease);
        return;
      }
      const error = asHubError(thrown);
      // cancelled, or taken over after the lease ran out: what becomes of the job is no longer this worker's business
      if (error.code === 'LEASE_LOST') {
        log.info('inference.leaseLost', { jobId: lease.job.id });
        return;
      }
      log.error('inference.failed', error, { jobId: lease.job.id, attempt: lease.job.attempts });
      await finishFailed(this.parts, lease, error);
    } finally {
      await rm(outputFolder, { recursive: true, force: true });
    }
  }

  /** The child runs while the lease is renewed; a lost lease or a stop ends it. */
  private async runWithHeartbeat(lease: Lease, outputFolder: string): Promise<InferenceOutcome> {
    const { unitOfWork, configuration, clock, log } = this.parts;
    const { leaseMs } = configuration.inference;
    const lost = new AbortController();
    const beat = async () => {
      if (!(await renewLease(unitOfWork, lease, leaseMs, clock))) lost.abort();
    };
    const heartbeat = setInterval(
      () =>
        void beat().catch((thrown) => log.error('inference.heartbeat', asHubError(thrown), { jobId: lease.job.id })),
      Math.min(leaseMs / 3, 1000),
    );
    try {
      return await this.runInChild(lease, outputFolder, AbortSignal.any([lost.signal, this.stopping.signal]));
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async runInChild(lease: Lease, outputFolder: string, signal: AbortSignal): Promise<InferenceOutcome> {
    const { store, objects, configuration, crashPoints } = this.parts;
    const spec = await jobSpec(store, objects, lease.job, {
      home: configuration.home,
      outputFolder,
      executionProvider: configuration.inference.executionProvider === 'cpu' ? 'cpu' : 'cuda',
      threads: configuration.inference.threads,
    });
    return runChild(spec, {
      timeoutMs: spec.manifest.limits.timeoutSeconds * 1000,
      memoryMiB: spec.manifest.limits.memoryMiB,
      signal,
      entry: this.parts.childEntry,
      onStage: () => crashPoints.reach('inference.whileRunning'),
    });
  }
}

/** A job whose worker died each time: its lease ran out as often as it may be tried. */
function refuseExhausted({ job }: Lease, limit: number): void {
  if (job.attempts > limit) throw new HubError('INFERENCE_CRASHED', 'the worker of this job died at each attempt');
}
