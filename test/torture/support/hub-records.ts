/** What the database of a hub that runs says: its journal, and what it has kept of others than the good centre. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface JournalRow {
  readonly kind: string;
  readonly centreId: string | null;
  readonly actor: string;
  readonly text: string;
  readonly details: Record<string, unknown>;
}

/** Where the tables ended at a moment. */
export interface Marks {
  readonly journal: number;
  readonly instances: number;
  readonly jobs: number;
  readonly messages: number;
}

const AUDIT_KINDS = `(kind LIKE '%.refused' OR kind LIKE '%.rejected' OR kind LIKE '%.lost' OR kind LIKE '%.conflict')`;

export class HubRecords {
  private readonly database: Database.Database;

  constructor(
    home: string,
    private readonly goodCentreId: string,
  ) {
    this.database = new Database(join(home, 'modelbank.sqlite'), { readonly: true });
  }

  marks(): Marks {
    const end = (table: string) => Number(this.one(`SELECT COALESCE(MAX(rowid), 0) AS value FROM ${table}`));
    const [journal, instances] = [end('journal_entry'), end('instance')];
    return { journal, instances, jobs: end('job'), messages: end('outbox_message') };
  }

  /** Audit events since then that are not about the good centre. */
  auditSince({ journal }: Marks): JournalRow[] {
    return this.entries(`${AUDIT_KINDS} AND rowid > ${journal} AND COALESCE(centreId, '') <> '${this.goodCentreId}'`);
  }

  /** Everything journalled since then, for the search for identities. */
  journalSince({ journal }: Marks): JournalRow[] {
    return this.entries(`rowid > ${journal}`);
  }

  /** Rows, jobs and messages since then that are not of the good centre. */
  keptSince({ instances, jobs, messages }: Marks): string[] {
    const others = `centreId <> '${this.goodCentreId}'`;
    const count = (table: string, mark: number, where: string) =>
      Number(this.one(`SELECT COUNT(*) AS value FROM ${table} WHERE rowid > ${mark} AND ${where}`));
    const told = `queue LIKE '%.image.stored' AND envelope NOT LIKE '%"centreId":"${this.goodCentreId}"%'`;
    return Object.entries({
      instance: count('instance', instances, others),
      job: count('job', jobs, 'TRUE'),
      message: count('outbox_message', messages, told),
    })
      .filter(([, rows]) => rows > 0)
      .map(([what, rows]) => `${rows} ${what} row(s)`);
  }

  /** The row of an instance. */
  instance(sopInstanceUid: string): { readonly header: string; readonly patientKey: string | null } | undefined {
    return this.rows<{ header: string; patientKey: string | null }>(
      `SELECT header, patientKey FROM instance WHERE sopInstanceUid = '${sopInstanceUid}'`,
    )[0];
  }

  /** All that the journal says. */
  journalText(): string {
    return JSON.stringify(this.rows('SELECT subjectId, text, details FROM journal_entry'));
  }

  rows<T>(sql: string): T[] {
    return this.database.prepare(sql).all() as T[];
  }

  close(): void {
    this.database.close();
  }

  private entries(where: string): JournalRow[] {
    const sql = `SELECT kind, centreId, actor, text, details FROM journal_entry WHERE ${where} ORDER BY rowid`;
    return this.rows<Omit<JournalRow, 'details'> & { details: string | null }>(sql).map((row) => ({
      ...row,
      details: JSON.parse(row.details ?? '{}') as Record<string, unknown>,
    }));
  }

  private one(sql: string): unknown {
    return this.rows<{ value: unknown }>(sql)[0].value;
  }
}
