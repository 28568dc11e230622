/** Runs one row and judges it by the seven asserts that hold for every bad input (docs/torture.md). */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { PLANTED } from '../../journeys/support/planted';
import type { GoodSpell } from './good-traffic';
import type { JournalRow, Marks } from './hub-records';
import { RssPeak, childrenTrace, hasChildren, isAlive, openFiles, rssBytes } from './process-watch';
import type { OpenFiles } from './process-watch';
import type { TorturePlace } from './torture-place';
import type { ExpectedAudit, TortureRow } from './torture-row';

const MIB = 1024 * 1024;
const RSS_GROWTH_BYTES = 256 * MIB;
const ROW_WITHIN_MS = 20_000;
/** Sockets that close, part files that are cleared away, entries that are written: all by then. */
const SETTLED_WITHIN_MS = 5_000;
/** A process has to start on a busy machine. */
const CHILD_WITHIN_MS = 30_000;
/** After an attack. The journal waits a moment before it writes what may come again (refusal-journal.ts): two are seen as two. */
const COUNTED_WITHIN_MS = 600;
/** No more than that for a good image, even on a busy machine: the hub lives. */
const GOOD_WITHIN_MS = 10_000;

/** Figures of a row: printed, never judged. */
export interface RowFigures {
  readonly durationMs: number;
  readonly goodImages: number;
  readonly goodMedianMs: number;
  readonly goodWorstMs: number;
  readonly loopDelayP99Ms: number;
  readonly rssGrowthMiB: number;
}

export interface Judgement {
  /** Each begins with the number of the assert; none when the row holds. */
  readonly deviations: readonly string[];
  readonly figures: RowFigures;
}

interface Before {
  readonly files: OpenFiles;
  readonly children: string;
  readonly marks: Marks;
  readonly logged: number;
  /** By the file system's clock. */
  readonly moment: number;
}

export async function judgeRow(place: TorturePlace, row: TortureRow): Promise<Judgement> {
  const attacker = await place.attacker();
  const before = await lookBefore(place);
  const peak = new RssPeak(place.hub.pid);
  const startedMs = performance.now();
  const seen = await within(row.withinMs ?? ROW_WITHIN_MS, row.attack(attacker));
  const durationMs = performance.now() - startedMs;
  attacker.leave();
  await Promise.all([place.good.oneMore(), delay(COUNTED_WITHIN_MS)]);
  const rssGrowthBytes = peak.stop() - place.quietRssBytes;
  const spell = place.good.spell();
  const deviations = [
    ...refusalSeen(row, seen),
    ...aliveStill(place),
    ...goodTraffic(spell),
    ...(await resources(place, before, rssGrowthBytes)),
    ...(await processes(place, before, row)),
    ...(await written(place, before)),
    ...(await audited(place, before, row)),
    ...(row.isKept ? [] : kept(place, before)),
  ];
  const loopDelayP99Ms = await loopDelay(place);
  return { deviations, figures: figuresOf(spell, { durationMs, rssGrowthBytes, loopDelayP99Ms }) };
}

async function lookBefore(place: TorturePlace): Promise<Before> {
  await loopDelay(place);
  place.good.spell();
  const files = await fewestFiles(place.hub.pid);
  const children = childrenTrace(place.hub.pid);
  const logged = place.hub.output().length;
  return { files, children, marks: place.records.marks(), logged, moment: place.footprint.moment() };
}

/** Files come and go with good images: the least of some looks is what the hub holds. */
async function fewestFiles(pid: number): Promise<OpenFiles> {
  const looks: OpenFiles[] = [];
  for (let look = 0; look < 4; look += 1) {
    looks.push(openFiles(pid));
    await delay(15);
  }
  return {
    files: Math.min(...looks.map(({ files }) => files)),
    sockets: Math.min(...looks.map(({ sockets }) => sockets)),
  };
}

async function within(ms: number, attack: Promise<string | readonly string[]>): Promise<string | readonly string[]> {
  const late = new AbortController();
  const timer = delay(ms, `nothing within ${ms} ms`, { signal: late.signal }).catch(() => '');
  const failed = (thrown: unknown) => `the attack failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  const seen = await Promise.race([attack.catch(failed), timer]);
  late.abort();
  return seen;
}

function refusalSeen({ expected }: TortureRow, seen: string | readonly string[]): string[] {
  return isDeepStrictEqual(seen, expected) ? [] : [`1: the peer saw ${told(seen)}, not ${told(expected)}`];
}

const told = (seen: string | readonly string[]) => (typeof seen === 'string' ? seen : JSON.stringify(seen));

function aliveStill({ hub }: TorturePlace): string[] {
  return isAlive(hub.pid) ? [] : ['2: the process of the hub has ended'];
}

function goodTraffic({ acknowledged, latenciesMs, failures }: GoodSpell): string[] {
  const slow = latenciesMs.filter((ms) => ms > GOOD_WITHIN_MS).length;
  return [
    ...failures.map((failure) => `3: a good image was not acknowledged: ${failure}`),
    ...(acknowledged === 0 ? ['3: no good image was acknowledged'] : []),
    ...(slow > 0 ? [`3: ${slow} good image(s) took more than ${GOOD_WITHIN_MS} ms`] : []),
  ];
}

async function resources({ hub }: TorturePlace, { files }: Before, rssGrowthBytes: number): Promise<string[]> {
  const grown = rssGrowthBytes > RSS_GROWTH_BYTES ? [`4: RSS grew by ${Math.round(rssGrowthBytes / MIB)} MiB`] : [];
  const left = await settled(() => {
    const now = openFiles(hub.pid);
    return [
      ...(now.files > files.files ? [`4: ${now.files - files.files} file(s) stay open`] : []),
      ...(now.sockets > files.sockets ? [`4: ${now.sockets - files.sockets} socket(s) stay open`] : []),
    ];
  });
  return [...grown, ...left];
}

/** None may be started, but the hub's own where a row says so: that one has come and gone. */
async function processes({ hub }: TorturePlace, { children }: Before, row: TortureRow): Promise<string[]> {
  const isOther = () => isAlive(hub.pid) && childrenTrace(hub.pid) !== children;
  if (row.isReadInChild !== true) return isOther() ? ['5: a process was started'] : [];
  return settled(
    () => (isOther() && !hasChildren(hub.pid) ? [] : ['5: no process of the hub has come and gone']),
    CHILD_WITHIN_MS,
  );
}

async function written({ footprint }: TorturePlace, { moment }: Before): Promise<string[]> {
  const parts = await settled(() => footprint.parts().map((name) => `5: the part file ${name} stays`));
  return [...footprint.strayedSince(moment), ...footprint.oddObjects()].map((what) => `5: ${what}`).concat(parts);
}

/** Looks until nothing is wrong, or gives what is still wrong at the end. */
async function settled(look: () => string[], withinMs = SETTLED_WITHIN_MS): Promise<string[]> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const wrong = look();
    if (wrong.length === 0 || performance.now() > deadlineMs) return wrong;
    await delay(10);
  }
}

async function audited(place: TorturePlace, { marks, logged }: Before, { audit }: TortureRow): Promise<string[]> {
  const expected = audit === undefined ? [] : [audit].flat();
  const entries = () => place.records.auditSince(marks);
  await settled(() => (entries().length >= expected.length ? [] : ['not all entries yet']));
  const wrong = auditDeviations(entries(), place.attacking.id, expected);
  const identities = [place.hub.output().slice(logged), JSON.stringify(place.records.journalSince(marks))]
    .flatMap((text) => PLANTED.exec(text)?.[0] ?? [])
    .map((text) => `an identity (${text.slice(0, 4)}...) is in the log or the journal`);
  return [...wrong, ...identities, ...brokenLogLines(place.hub.output().slice(logged))].map((what) => `6: ${what}`);
}

/** A line break or a control character of a peer must not make a line of its own. */
function brokenLogLines(log: string): string[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.filter((line) => !/^\{[ -~\u00a0-\uffff]*\}$/.test(line)).map(() => 'a log line is no JSON object');
}

function auditDeviations(
  found: readonly JournalRow[],
  attackerId: string,
  expected: readonly ExpectedAudit[],
): string[] {
  if (found.length !== expected.length) {
    return [`${found.length} audit events, not ${expected.length}: ${found.map(spelled).join('; ')}`];
  }
  return found.flatMap((row, index) => {
    const { kind, code, centreId = attackerId } = expected[index];
    const isRight = isDeepStrictEqual([row.kind, row.details.code, row.centreId], [kind, code, centreId]);
    const knowsPeer = centreId === null || /^[0-9a-f]{64}$/.test(row.actor);
    const { remoteAddress } = row.details;
    return [
      ...(isRight ? [] : [`the audit event is ${spelled(row)}, not ${kind} (${code}, centre ${centreId})`]),
      ...(knowsPeer ? [] : ['the audit event names no certificate']),
      ...(typeof remoteAddress === 'string' && remoteAddress !== '' ? [] : ['the audit event names no address']),
    ];
  });
}

const spelled = ({ kind, centreId, text, details }: JournalRow) =>
  `${kind} (${String(details.code)}, centre ${centreId}): ${text}`;

function kept({ records }: TorturePlace, { marks }: Before): string[] {
  return records.keptSince(marks).map((what) => `7: ${what} were kept`);
}

/** The 99th percentile since the last time it was asked. */
async function loopDelay(place: TorturePlace): Promise<number> {
  const metrics = await place.ask('/metrics').catch(() => '');
  const line = /^modelbank_nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics);
  return Number(line?.[1] ?? NaN) * 1000;
}

function figuresOf(
  { acknowledged, latenciesMs }: GoodSpell,
  measured: { durationMs: number; rssGrowthBytes: number; loopDelayP99Ms: number },
): RowFigures {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return {
    durationMs: Math.round(measured.durationMs),
    goodImages: acknowledged,
    goodMedianMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? NaN),
    goodWorstMs: Math.round(sorted.at(-1) ?? NaN),
    loopDelayP99Ms: Math.round(measured.loopDelayP99Ms),
    rssGrowthMiB: Math.round(measured.rssGrowthBytes / MIB),
  };
}

/** The same look at memory for those that run many rows at once. */
export function rssGrowthMiB(place: TorturePlace): number {
  return Math.round((rssBytes(place.hub.pid) - place.quietRssBytes) / MIB);
}
