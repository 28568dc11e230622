/** Rows as jest tests on one place, and their figures as a table: printed, and kept in .cache/torture. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';
import { judgeRow } from './judge-row';
import type { RowFigures } from './judge-row';
import { TorturePlace } from './torture-place';
import type { TortureRow } from './torture-row';

const OPEN_WITHIN_MS = 90_000;
const CLOSE_WITHIN_MS = 30_000;
const TEST_WITHIN_MS = 90_000;

export interface DescribeOptions {
  /** Of the hub. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Sections of its configuration file. */
  readonly configuration?: object;
  /** Written into its home before it starts. */
  readonly files?: (home: string) => void;
  /** What the rows need before the first one. */
  readonly prepare?: (place: TorturePlace) => Promise<void>;
}

/** One hub for all rows of the group; a row that fails says which assert and why. */
export function describeRows(group: string, rows: readonly TortureRow[], options: DescribeOptions = {}): void {
  describe(group, () => {
    let place: TorturePlace;
    const figures: [string, RowFigures][] = [];
    beforeAll(async () => {
      place = await TorturePlace.open(options.environment, options.configuration, options.files);
      await options.prepare?.(place);
    }, OPEN_WITHIN_MS);
    afterAll(async () => {
      await place.close();
      report(group, figures);
    }, CLOSE_WITHIN_MS);
    it.each(rows.map((row) => [`${row.id} ${row.title}`, row] as const))(
      '%s',
      async (name, row) => {
        const judgement = await judgeRow(place, row);
        figures.push([name, judgement.figures]);
        expect(judgement.deviations).toEqual([]);
      },
      TEST_WITHIN_MS,
    );
  });
}

const COLUMNS: readonly [keyof RowFigures, string][] = [
  ['durationMs', 'ms'],
  ['goodImages', 'good CTs'],
  ['goodMedianMs', 'median ms'],
  ['goodWorstMs', 'worst ms'],
  ['loopDelayP99Ms', 'loop p99 ms'],
  ['rssGrowthMiB', 'RSS +MiB'],
];

function report(group: string, figures: readonly (readonly [string, RowFigures])[]): void {
  const width = Math.max(...figures.map(([name]) => name.length), 3);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(['row'.padEnd(width), ...COLUMNS.map(([, title]) => title)]),
    line(['-'.repeat(width), ...COLUMNS.map(([, title]) => '-'.repeat(title.length))]),
    ...figures.map(([name, row]) =>
      line([name.padEnd(width), ...COLUMNS.map(([key, title]) => String(row[key]).padStart(title.length))]),
    ),
  ].join('\n');
  const folder = join(repositoryRoot(), '.cache', 'torture');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${group.replace(/\W+/g, '-').toLowerCase()}.md`), `${table}\n`);
  process.stdout.write(`\n${group}\n${table}\n`);
}
