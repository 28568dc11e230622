/** `modelbank series`: what arrived, how far its assembly is, and the Series Instance UID that `explain` asks for. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';

interface SeriesAnswer {
  readonly seriesInstanceUid: string;
  readonly centreId: string;
  readonly modality: string;
  readonly state: string;
  readonly stateCode: string | null;
  readonly instanceCount: number;
  readonly lastInstanceAt: string;
}

export function addSeriesCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('series')
    .option('--centre <id>', 'only series of this centre')
    .option('--state <state>', 'open, complete, held, notApplicable or discarded')
    .option('--limit <n>', 'at most this many', '50')
    .description('list the series that arrived, newest first, also those that no model took')
    .action(async (options: { centre?: string; state?: string; limit: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const query = new URLSearchParams({ limit: options.limit });
      if (options.centre !== undefined) query.set('centre', options.centre);
      if (options.state !== undefined) query.set('state', options.state);
      const series = await hub.get<SeriesAnswer[]>(`/series?${query.toString()}`);
      const text = `${seriesTable(series)}\nwhy which model did or did not run: bin/modelbank explain SERIES_UID`;
      output.answer(series, series.length === 0 ? 'no series' : text);
    });
}

function seriesTable(series: readonly SeriesAnswer[]): string {
  return table(series, [
    { title: 'series', value: ({ seriesInstanceUid }) => seriesInstanceUid },
    { title: 'centre', value: ({ centreId }) => centreId },
    { title: 'modality', value: ({ modality }) => modality },
    { title: 'slices', value: ({ instanceCount }) => instanceCount, align: 'right' },
    { title: 'state', value: ({ state, stateCode }) => (stateCode === null ? state : `${state} (${stateCode})`) },
    { title: 'last slice', value: ({ lastInstanceAt }) => localTime(lastInstanceAt) },
  ]);
}
