/**
 * Promise 3 of docs/architecture.md: nothing is lost, doubled or made up. Senders that do not give up, a hub that is killed at
 * random, a receiver that refuses and vanishes; afterwards what was offered, acknowledged, written and received must agree.
 * The same judge is then shown homes with one planted fault each, so that its silence means something.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { seededRandom, shuffled } from '@modelbank/testing';
import { addDestination, enrolCentre, send, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import type { PhantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { SMALL_CHEST, journeyPackage } from './support/journey-package';
import { Ledger, NOTHING_WRONG, reconcile } from './support/ledger';
import type { Reconciliation } from './support/ledger';
import { startReceiver } from './support/receiver';
import type { Mood, Receiver } from './support/receiver';

const SERIES = 5;
const KILLS = 6;
const MOST_PER_ASSOCIATION = 6;
/** A job may be met by every kill: here that is nobody's fault. */
const ENVIRONMENT = { MODELBANK_INFERENCE_ATTEMPTS: '20' };

const seed = Number(process.env.MODELBANK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
process.stderr.write(`storm, seed ${seed} (MODELBANK_TEST_SEED)\n`);

const home = newHome();
const copies = newHome();
const ledger = new Ledger();
let hub: HubProcess;
let receiver: Receiver;
let calm = false;

beforeAll(async () => {
  hub = await startHubProcess(home, ENVIRONMENT);
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await receiver.close();
  removeHome(home);
  removeHome(copies);
});

it('a storm of kills, resendings and refusals ends with one delivered result for each series', async () => {
  const centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT' });
  receiver = await startReceiver(centre.server, moodOfTheReceiver);
  await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
  await hub.api.post('/models', { folder: journeyPackage(join(home, 'package')) });
  const studies: PhantomFiles[] = [];
  for (let n = 0; n < SERIES; n += 1) {
    studies.push(await phantomFiles(join(home, 'sent', String(n)), `storm-${n}`, SMALL_CHEST));
  }

  await Promise.all([...studies.map(({ paths }) => sendUntilAcknowledged(centre, paths)), killNowAndThen()]);
  calm = true;
  for (const { studyInstanceUid, seriesInstanceUid } of studies) {
    const { series } = await untilSettled(hub, studyInstanceUid, 'odense', 60_000);
    const jobs = series[0].inputSets
      .filter(({ state }) => state !== 'superseded')
      .flatMap(({ tasks }) => tasks.flatMap((task) => task.jobs));
    expect(jobs).toMatchObject([{ state: 'built', results: [{ deliveries: [{ state: 'delivered' }] }] }]);
    expect(receiver.structureSetsOf(seriesInstanceUid)).toHaveLength(1);
  }
  await hub.stop();
  expect(ledger.acknowledged.size).toBe(SERIES * SMALL_CHEST.slices);
  expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
}, 180_000);

type Sql = (text: string) => void;
type Arrivals = ReturnType<Receiver['arrivals']>;

/** One fault in a copy of the home, or at the receiver, and what the judge must call it. */
const PLANTED: readonly [string, (copy: string, sql: Sql) => Receiver | void, keyof Reconciliation][] = [
  ['a row is gone', (_copy, sql) => sql(`DELETE FROM instance WHERE id = (${ANY_INSTANCE})`), 'lost'],
  ['an object is damaged', (_copy, sql) => sql(`UPDATE instance SET objectSha256 = 'other'`), 'lost'],
  ['a journal entry is gone', (_copy, sql) => sql(`DELETE FROM journal_entry WHERE kind = 'result.delivered'`), 'lost'],
  ['a result is gone', (_copy, sql) => sql('DELETE FROM result'), 'lost'],
  ['the receiver lost one', () => receiverWith((arrivals) => arrivals.filter(isNot(arrivals[0]))), 'lost'],
  ['a second job lives', (_copy, sql) => sql(SECOND_JOB), 'doubled'],
  ['the receiver got two as one', () => receiverWith(([one, ...more]) => [changed(one), one, ...more]), 'doubled'],
  ['the receiver has a stranger', () => receiverWith(([one, ...more]) => [stranger(one), one, ...more]), 'ghosts'],
  ['an object has no row', (copy) => writeInto(join(copy, 'objects', 'instances', '00'), 'orphan'), 'ghosts'],
  ['a row was never offered', (_copy, sql) => sql(`UPDATE instance SET sopInstanceUid = '1.2.' || id`), 'ghosts'],
  ['a part file lies about', (copy) => writeInto(join(copy, 'objects', '.parts'), 'x.part'), 'leftovers'],
  ['an instance has no fate', (_copy, sql) => sql(`UPDATE instance SET disposition = 'waiting'`), 'leftovers'],
  ['a deletion has no record', (_copy, sql) => sql(`UPDATE instance SET disposition = 'deleted'`), 'lost'],
  ['a refused object has no record', (_copy, sql) => sql(REFUSED_AND_DELETED), 'lost'],
  ['a deletion was not carried out', (_copy, sql) => sql(DELETION), 'leftovers'],
  ['an association never ended', (_copy, sql) => sql('UPDATE association SET endedAt = NULL'), 'leftovers'],
];
const ANY_INSTANCE = 'SELECT MIN(id) FROM instance';
const DELETION = `INSERT INTO retention_deletion
  SELECT id, 'b', 'instance', id, centreId, sopInstanceUid, objectKey, objectSha256, sizeBytes, 'assembled', NULL,
    'unassigned', 180, NULL, receivedAt, receivedAt, receivedAt, NULL FROM instance`;
const REFUSED_AND_DELETED = `INSERT INTO instance_revision
  (id, centreId, sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid, firstKind, firstId,
   contentSha256, objectSha256, objectKey, sizeBytes, associationId, purpose, header, disposition, dispositionCode,
   differences, receivedAt)
  SELECT id, centreId, sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid, 'instance', id,
    contentSha256, objectSha256, 'instances/00/refused', 1, associationId, purpose, header, 'deleted', 'PIXELS_CHANGED', '{}',
    receivedAt FROM instance`;
const SECOND_JOB = `CREATE TEMP TABLE other AS SELECT * FROM job WHERE state = 'built' LIMIT 1;
  UPDATE other SET id = 'other', jobKey = 'other', state = 'queued'; INSERT INTO job SELECT * FROM other;`;

it.each(PLANTED)('the judge notices that %s', (title, plant, kind) => {
  const copy = join(copies, title.replaceAll(' ', '-'));
  cpSync(home, copy, { recursive: true });
  const database = new Database(join(copy, 'modelbank.sqlite'));
  database.pragma('foreign_keys = OFF');
  const planted = plant(copy, (text) => void database.exec(text)) ?? receiver;
  database.close();
  expect(reconcile(copy, ledger, planted)[kind]).not.toEqual([]);
});

function receiverWith(change: (arrivals: Arrivals) => Arrivals): Receiver {
  return { ...receiver, arrivals: () => change(receiver.arrivals()) };
}

/** The receiver may have got it more than once. */
function isNot({ sopInstanceUid }: Arrivals[number]): (one: Arrivals[number]) => boolean {
  return (one) => one.sopInstanceUid !== sopInstanceUid;
}

function changed(one: Arrivals[number]): Arrivals[number] {
  return { ...one, dataSet: Buffer.from('another object') };
}

function stranger(one: Arrivals[number]): Arrivals[number] {
  return { ...one, sopInstanceUid: '1.2.3.4' };
}

function writeInto(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), 'x');
}

/** Small associations in any order, again and again, as a store-and-forward gateway does. */
async function sendUntilAcknowledged(centre: JourneyCentre, paths: readonly string[]): Promise<void> {
  let unsent = shuffled(paths, random);
  while (unsent.length > 0) {
    const some = unsent.slice(0, 1 + Math.floor(random() * MOST_PER_ASSOCIATION));
    const refused = ledger.record(await send(hub, centre, some));
    unsent = shuffled([...refused, ...unsent.slice(some.length)], random);
    await delay(random() * 400);
  }
}

async function killNowAndThen(): Promise<void> {
  for (let n = 0; n < KILLS; n += 1) {
    await delay(200 + random() * 1200);
    await hub.kill();
    expect(await hub.ended).toEqual({ code: null, signal: 'SIGKILL' });
    hub = await startHubProcess(home, ENVIRONMENT);
  }
}

function moodOfTheReceiver(): Mood {
  if (calm) return 'store';
  const dice = random();
  if (dice < 0.3) return 'refuse';
  return dice < 0.5 ? 'storeThenDrop' : 'store';
}
