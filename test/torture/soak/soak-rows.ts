/** The rows of the torture suite again and again: twenty times in order, each judged; then shuffled, four at a time. */
import { PLANTED } from '../../journeys/support/planted';
import { seededRandom, shuffled } from '@modelbank/testing';
import { CLINICAL_ROWS } from '../rows/clinical';
import { ENCODING_ROWS } from '../rows/encodings';
import { MESSAGE_ROWS } from '../rows/messages';
import { NAME_ROWS } from '../rows/names';
import { PIXEL_ROWS } from '../rows/pixels';
import { SLOW_PEER_ROWS } from '../rows/slow-peers';
import { UPPER_LAYER_ROWS } from '../rows/upper-layer';
import { VALUE_ROWS } from '../rows/values';
import { judgeRow, rssGrowthMiB } from '../support/judge-row';
import { isAlive } from '../support/process-watch';
import { TorturePlace } from '../support/torture-place';
import type { TortureRow } from '../support/torture-row';
import { MIB, MOST_GROWTH_BYTES } from './soak-part';
import type { SoakOptions, SoakOutcome } from './soak-part';

const REPEATS = 20;
const AT_ONCE = 4;
const ROWS: readonly TortureRow[] = [
  ...UPPER_LAYER_ROWS,
  ...MESSAGE_ROWS,
  ...SLOW_PEER_ROWS,
  ...ENCODING_ROWS,
  ...VALUE_ROWS,
  ...NAME_ROWS,
  ...PIXEL_ROWS,
  ...CLINICAL_ROWS,
];
/** These use all associations that a centre may have. */
const NEEDS_ALL_PLACES: ReadonlySet<string> = new Set(['B12', 'F1']);

export async function repeatRows({ minutes, seed, say }: SoakOptions): Promise<SoakOutcome> {
  const place = await TorturePlace.open();
  const deviations: string[] = [];
  const endMs = performance.now() + minutes * 60_000;
  let [rounds, judged] = [0, 0];
  for (; rounds < REPEATS && performance.now() < endMs; rounds += 1) {
    for (const row of ROWS) {
      if (performance.now() > endMs) break;
      const judgement = await judgeRow(place, row);
      judged += 1;
      deviations.push(...judgement.deviations.map((what) => `round ${rounds} ${row.id} ${row.title}: ${what}`));
    }
    say(`  rows: round ${rounds}, ${judged} judged, RSS +${rssGrowthMiB(place)} MiB, ${deviations.length} deviations`);
  }
  const growthMiB = rssGrowthMiB(place);
  await place.close();
  return { figures: { seed, rounds, judged, rssGrowthMiB: growthMiB }, deviations };
}

/** What the peer sees holds for each row; what only the whole can be asked about, at the end. */
export async function rowsAtOnce({ minutes, seed, say }: SoakOptions): Promise<SoakOutcome> {
  const place = await TorturePlace.open();
  const rows = ROWS.filter(({ id }) => !NEEDS_ALL_PLACES.has(id));
  const random = seededRandom(seed);
  const endMs = performance.now() + minutes * 60_000;
  const moment = place.footprint.moment();
  const marks = place.records.marks();
  const deviations: string[] = [];
  let run = 0;
  let queue: TortureRow[] = [];
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      if (queue.length === 0) queue = shuffled(rows, random);
      const row = queue.pop()!;
      deviations.push(...(await seenRight(place, row)));
      run += 1;
      if (run % 200 === 0)
        say(`  at once: ${run} rows, RSS +${rssGrowthMiB(place)} MiB, ${deviations.length} deviations`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await place.good.oneMore();
  const { failures, acknowledged } = place.good.spell();
  const growthMiB = rssGrowthMiB(place);
  deviations.push(
    ...failures.map((failure) => `a good image was not acknowledged: ${failure}`),
    ...place.footprint.strayedSince(moment),
    ...place.footprint.oddObjects(),
    ...(growthMiB * MIB > MOST_GROWTH_BYTES ? [`RSS grew by ${growthMiB} MiB`] : []),
    ...(isAlive(place.hub.pid) ? [] : ['the hub has ended']),
    ...(PLANTED.test(place.hub.output() + JSON.stringify(place.records.journalSince(marks)))
      ? ['an identity is in the log or the journal']
      : []),
  );
  await place.close();
  return { figures: { seed, rows: run, goodImages: acknowledged, rssGrowthMiB: growthMiB }, deviations };
}

async function seenRight(place: TorturePlace, row: TortureRow): Promise<string[]> {
  const attacker = await place.attacker();
  const seen = await row.attack(attacker).catch((thrown: unknown) => `failed: ${String(thrown)}`);
  attacker.leave();
  const isRight = JSON.stringify(seen) === JSON.stringify(row.expected);
  return isRight ? [] : [`${row.id} ${row.title}: saw ${JSON.stringify(seen)}, not ${JSON.stringify(row.expected)}`];
}
