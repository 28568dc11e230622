/** `modelbank jobs [ID]`: what runs, what ran, and what became of the results. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';
import type { CentreAnswer } from './centre-text';

interface DeliveryAnswer {
  readonly id: string;
  readonly destinationId: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

export interface JobAnswer {
  readonly id: string;
  readonly centreId: string;
  readonly status: string;
  readonly code: string | null;
  readonly model: string;
  readonly version: string;
  readonly seriesInstanceUid: string;
  readonly aheadOfTime: boolean;
  readonly attempts: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly resultIds: readonly string[];
  readonly deliveries: readonly DeliveryAnswer[];
}

export function addJobsCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('jobs')
    .argument('[id]', 'one job, with its deliveries')
    .option('--centre <id>', 'only jobs of this centre')
    .option('--state <state>', 'queued, running, inferred, built, held, failed or cancelled')
    .option('--limit <n>', 'at most this many', '50')
    .option('--retry-delivery <id>', 'send a parked, blocked or waiting delivery again at once')
    .description('list jobs, newest first; `delivered` only after the receiver acknowledged')
    .action(async (id: string | undefined, options: Record<string, string>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      if (options.retryDelivery !== undefined) {
        await hub.post(`/deliveries/${encodeURIComponent(options.retryDelivery)}/retry`);
        output.answer({ retried: options.retryDelivery }, `${options.retryDelivery}: is sent again`);
        return;
      }
      if (id !== undefined) {
        const job = await hub.get<JobAnswer>(`/jobs/${encodeURIComponent(id)}`);
        const { destinations } = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(job.centreId)}`);
        output.answer(job, jobText(job, destinations));
        return;
      }
      const query = new URLSearchParams({ limit: options.limit });
      if (options.centre !== undefined) query.set('centre', options.centre);
      if (options.state !== undefined) query.set('state', options.state);
      const jobs = await hub.get<JobAnswer[]>(`/jobs?${query.toString()}`);
      output.answer(jobs, jobs.length === 0 ? 'no jobs' : jobTable(jobs));
    });
}

function jobTable(jobs: readonly JobAnswer[]): string {
  return table(jobs, [
    { title: 'job', value: ({ id }) => id },
    { title: 'centre', value: ({ centreId }) => centreId },
    { title: 'model', value: ({ model, version }) => `${model} ${version}` },
    { title: 'status', value: ({ status, code }) => (code === null ? status : `${status} (${code})`) },
    { title: 'attempts', value: ({ attempts }) => attempts, align: 'right' },
    { title: 'created', value: ({ createdAt }) => localTime(createdAt) },
    { title: 'result', value: ({ resultIds }) => resultIds.join(' ') },
  ]);
}

function jobText(job: JobAnswer, destinations: CentreAnswer['destinations']): string {
  const peers = new Map(destinations.map(({ id, name, aeTitle }) => [id, `${name} (${aeTitle}) ${id}`]));
  const lines = [
    `job        ${job.id}`,
    `centre     ${job.centreId}`,
    `model      ${job.model} ${job.version}`,
    `series     ${job.seriesInstanceUid}`,
    `status     ${job.status}${job.code === null ? '' : ` (${job.code})`}${job.aheadOfTime ? ', ran ahead of time' : ''}`,
    `attempts   ${job.attempts}`,
    `results    ${job.resultIds.join(' ') || '-'}`,
  ];
  for (const { id, destinationId, state, attempts, lastError } of job.deliveries) {
    lines.push(
      `delivery   ${id} to ${peers.get(destinationId) ?? destinationId}: ${state}, ${attempts} attempt(s)${lastError === null ? '' : `, ${lastError}`}`,
    );
  }
  return lines.join('\n');
}
