/**
 * What the outside world knows of a hub, to hold against what the hub knows of itself (promise 3 of docs/architecture.md):
 * every instance that was offered, every one that was acknowledged, and what the receiver holds.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { SentFile } from '@modelbank/dimse';
import type { Receiver } from './receiver';

export class Ledger {
  readonly offered = new Set<string>();
  readonly acknowledged = new Set<string>();

  /** Remembers the answers to a sending and returns the paths that were not acknowledged. */
  record(sent: readonly SentFile[]): string[] {
    for (const { sopInstanceUid, error } of sent) {
      if (sopInstanceUid === undefined) continue;
      this.offered.add(sopInstanceUid);
      if (error === undefined) this.acknowledged.add(sopInstanceUid);
    }
    return sent.filter(({ error }) => error !== undefined).map(({ path }) => path);
  }
}

/** Empty lists everywhere: nothing is lost, nothing is doubled, nothing came from nowhere, nothing lies about. */
export interface Reconciliation {
  /** Acknowledged without a row, a row without its object or the record of its deletion, or a delivery that the receiver does not hold. */
  readonly lost: readonly string[];
  /** More than one row, live job, live result or journal entry where there must be one, or another object of the same UID. */
  readonly doubled: readonly string[];
  /** A row that nobody offered, an object without a row, something at the receiver that no delivery names. */
  readonly ghosts: readonly string[];
  /** What should have been cleared away or carried on: part files, work folders, outbox rows, deletions, instances without a fate. */
  readonly leftovers: readonly string[];
}

export const NOTHING_WRONG: Reconciliation = { lost: [], doubled: [], ghosts: [], leftovers: [] };

interface Row {
  readonly [column: string]: string | number | null;
}

/** Reads the home of a hub that is settled; it may still be running. */
export function reconcile(home: string, ledger: Ledger, receiver: Receiver): Reconciliation {
  const database = new Database(join(home, 'modelbank.sqlite'), { readonly: true });
  try {
    const rows = (sql: string) => database.prepare(sql).all() as Row[];
    const parts = [
      instanceFindings(rows, home, ledger),
      retentionFindings(rows, home),
      jobFindings(rows),
      deliveryFindings(rows, receiver),
      leftoverFindings(rows, home),
    ];
    const all = (kind: keyof Reconciliation) => parts.flatMap((part) => part[kind] ?? []);
    return { lost: all('lost'), doubled: all('doubled'), ghosts: all('ghosts'), leftovers: all('leftovers') };
  } finally {
    database.close();
  }
}

type Findings = Partial<Reconciliation>;
type Rows = (sql: string) => Row[];

function instanceFindings(rows: Rows, home: string, { offered, acknowledged }: Ledger): Findings {
  const instances = rows('SELECT sopInstanceUid, objectKey, objectSha256, disposition FROM instance');
  const revisions = rows('SELECT objectKey, objectSha256, disposition FROM instance_revision');
  const uids = instances.map((row) => String(row.sopInstanceUid));
  const known = new Set(uids);
  const kept = [...instances, ...revisions].filter(({ disposition }) => disposition !== 'deleted');
  const damaged = kept.filter(({ objectKey, objectSha256 }) => {
    const path = join(home, 'objects', String(objectKey));
    return !existsSync(path) || createHash('sha256').update(readFileSync(path)).digest('hex') !== objectSha256;
  });
  const keys = new Set([...instances, ...revisions].map(({ objectKey }) => objectKey));
  const files = objectsBelow(home, 'instances');
  return {
    lost: [
      ...[...acknowledged].filter((uid) => !known.has(uid)).map((uid) => `instance ${uid} has no row`),
      ...damaged.map(({ objectKey }) => `object ${objectKey} is not what was received`),
    ],
    doubled: [
      ...repeated(uids).map((uid) => `instance ${uid} has several rows`),
      ...repeated(subjectsOf(rows, 'instance.stored')).map((id) => `instance ${id} was journalled twice`),
    ],
    ghosts: [
      ...uids.filter((uid) => !offered.has(uid)).map((uid) => `instance ${uid} was never offered`),
      ...files.filter((key) => !keys.has(key)).map((key) => `object ${key} has no row`),
    ],
  };
}

/** What retention took says so, has a record, and is gone; a record that was not confirmed was not carried out. */
function retentionFindings(rows: Rows, home: string): Findings {
  const deleted = rows(`SELECT id, objectKey, deletedAt FROM instance WHERE disposition = 'deleted'`);
  const records = rows('SELECT subjectId, objectKey, deletedAt FROM retention_deletion');
  const refused = rows(`SELECT id, objectKey FROM instance_revision WHERE disposition = 'deleted'`);
  const recorded = new Set(records.map(({ subjectId, objectKey }) => `${subjectId} ${objectKey}`));
  return {
    lost: [
      ...deleted
        .filter(({ id, objectKey, deletedAt }) => deletedAt === null || !recorded.has(`${id} ${objectKey}`))
        .map(({ id }) => `instance ${id} was deleted without a record`),
      ...refused
        .filter(({ id, objectKey }) => !recorded.has(`${id} ${objectKey}`))
        .map(({ id }) => `refused object ${id} was deleted without a record`),
    ],
    doubled: repeated(records.map(({ objectKey }) => String(objectKey))).map(
      (key) => `object ${key} was deleted twice`,
    ),
    leftovers: records
      .filter(({ objectKey, deletedAt }) => deletedAt === null || existsSync(join(home, 'objects', String(objectKey))))
      .map(({ objectKey }) => `object ${objectKey} should be gone`),
  };
}

/** A task of an input set has one live job, a job has one result for each encoding. */
function jobFindings(rows: Rows): Findings {
  const jobs = rows('SELECT id, jobKey, inputSetId, taskSelectionId, state FROM job');
  const live = jobs.filter(({ state }) => state !== 'cancelled');
  const results = rows('SELECT id, jobId, encodingProfile, state, sopInstanceUid FROM result');
  const built = new Set(results.map(({ jobId }) => jobId));
  return {
    lost: jobs
      .filter(({ id, state }) => state === 'built' && !built.has(id))
      .map(({ id }) => `job ${id} has no result`),
    doubled: [
      ...repeated(jobs.map(({ jobKey }) => String(jobKey))).map((key) => `job key ${key}`),
      ...repeated(live.map(({ taskSelectionId }) => String(taskSelectionId))).map(
        (id) => `live jobs of selection ${id}`,
      ),
      ...repeated(results.map(({ jobId, encodingProfile }) => `${jobId} ${encodingProfile}`)).map(
        (id) => `result ${id}`,
      ),
      ...repeated(results.map(({ sopInstanceUid }) => String(sopInstanceUid))).map((uid) => `result UID ${uid}`),
    ],
  };
}

function deliveryFindings(rows: Rows, receiver: Receiver): Findings {
  const delivered = rows(
    `SELECT delivery.id, result.id AS resultId, result.sopInstanceUid, result.state AS resultState
     FROM delivery JOIN result ON result.id = delivery.resultId WHERE delivery.state = 'delivered'`,
  );
  const uids = new Set(delivered.map(({ sopInstanceUid }) => String(sopInstanceUid)));
  const arrivals = receiver.arrivals();
  const held = new Map(arrivals.map(({ sopInstanceUid, dataSet }) => [sopInstanceUid, dataSet]));
  const told = subjectsOf(rows, 'result.delivered');
  return {
    lost: [
      ...[...uids].filter((uid) => !held.has(uid)).map((uid) => `the receiver does not hold ${uid}`),
      ...delivered.filter(({ resultId }) => !told.includes(String(resultId))).map(({ id }) => `delivery ${id} untold`),
      ...delivered
        .filter(({ resultState }) => resultState === 'withdrawn')
        .map(({ id }) => `delivery ${id} of nothing`),
    ],
    doubled: [
      ...arrivals
        .filter(({ sopInstanceUid, dataSet }) => !held.get(sopInstanceUid)?.equals(dataSet))
        .map(({ sopInstanceUid }) => `the receiver got two objects as ${sopInstanceUid}`),
      ...repeated(told).map((id) => `delivery of result ${id} was journalled twice`),
    ],
    ghosts: [...held.keys()].filter((uid) => !uids.has(uid)).map((uid) => `nothing says that ${uid} was delivered`),
  };
}

function leftoverFindings(rows: Rows, home: string): Findings {
  const messages = rows('SELECT queue, state, lastError FROM outbox_message');
  const undecided = rows(`SELECT id FROM instance WHERE disposition = 'waiting'`);
  const open = rows('SELECT id FROM association WHERE endedAt IS NULL');
  const parts = objectsBelow(home, '.parts').concat(namesIn(join(home, 'work')));
  return {
    leftovers: [
      ...messages.map(({ queue, state, lastError }) => `${state} message in ${queue}: ${lastError}`),
      ...undecided.map(({ id }) => `instance ${id} waits`),
      ...open.map(({ id }) => `association ${id} is open`),
      ...parts.map((path) => `file ${path}`),
    ],
  };
}

function subjectsOf(rows: Rows, kind: string): string[] {
  return rows(`SELECT subjectId FROM journal_entry WHERE kind = '${kind}'`).map(({ subjectId }) => String(subjectId));
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** Keys of the files below a folder of the object store. */
function objectsBelow(home: string, folder: string): string[] {
  const objects = join(home, 'objects');
  if (!existsSync(join(objects, folder))) return [];
  return readdirSync(join(objects, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(objects.length + 1));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
