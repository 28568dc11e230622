/** `modelbank results`: what the hub has made, and the objects themselves. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import type { HubClient } from '../hub-client';
import { localTime } from '../output/format';
import { table } from '../output/table';

export interface RoiAnswer {
  readonly number: number;
  readonly name: string;
  readonly volumeMl: number;
  readonly contours: number;
  readonly points: number;
  readonly empty: boolean;
  readonly cutByScanEnd: boolean;
}

export interface ResultAnswer {
  readonly id: string;
  readonly jobId: string;
  readonly kind: string;
  readonly state: string;
  readonly sopInstanceUid: string;
  readonly builtAt: string;
  readonly rois: readonly RoiAnswer[];
  readonly remarks: readonly string[];
}

export function addResultsCommands(program: Command, setExitCode: SetExitCode): void {
  const results = program.command('results').description('look at results and fetch them');
  results
    .command('list')
    .option('--job <id>', 'only results of this job')
    .description('list results, newest first')
    .action(async (options: { job?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const answer = await hub.get<ResultAnswer[]>(`/results${options.job === undefined ? '' : `?job=${options.job}`}`);
      const text = table(answer, [
        { title: 'result', value: ({ id }) => id },
        { title: 'kind', value: ({ kind }) => kind },
        { title: 'state', value: ({ state }) => state },
        { title: 'ROIs', value: ({ rois }) => rois.map(({ name }) => name).join(' ') },
        { title: 'built', value: ({ builtAt }) => localTime(builtAt) },
      ]);
      output.answer(answer, answer.length === 0 ? 'no results' : text);
    });
  results
    .command('get')
    .argument('<id>', 'the result')
    .option('--out <dir>', 'folder to write the DICOM object to', '.')
    .description('fetch the DICOM object of a result, as it was or will be delivered')
    .action(async (id: string, options: { out: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const result = await hub.get<ResultAnswer>(`/results/${encodeURIComponent(id)}`);
      const path = await fetchResult(hub, result, resolve(options.out));
      output.answer({ ...result, path }, `${roiTable(result.rois)}\n\n${result.remarks.join('\n')}\n\n${path}`);
    });
}

/** Writes `<RTSTRUCT>.<result id>.dcm`; file names never carry patient data. */
export async function fetchResult(hub: HubClient, result: ResultAnswer, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${result.kind}.${result.id}.dcm`);
  await writeFile(path, await hub.bytes(`/results/${encodeURIComponent(result.id)}/object`));
  return path;
}

export function roiTable(rois: readonly RoiAnswer[]): string {
  return table(rois, [
    { title: 'ROI', value: ({ name }) => name },
    { title: 'volume (ml)', value: ({ volumeMl }) => volumeMl.toFixed(1), align: 'right' },
    { title: 'contours', value: ({ contours }) => contours, align: 'right' },
    { title: 'points', value: ({ points }) => points, align: 'right' },
    { title: 'note', value: (roi) => roiNote(roi) },
  ]);
}

function roiNote({ empty, cutByScanEnd }: RoiAnswer): string {
  if (empty) return 'empty';
  return cutByScanEnd ? "cut by the scan's end" : '';
}
