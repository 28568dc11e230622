/** Retention: when an instance's object was deleted, the rules of protocols, the record of deletions, and what finds what is due. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { DatabaseType } from '@modelbank/platform';
import { sqlTypeOf } from '../schema/column-kinds';
import { bigint, databaseOf, id, int, key, nullable, portableTable, text, time } from '../schema/portable-table';
import type { PortableTable } from '../schema/portable-table';

const RETENTION: readonly PortableTable[] = [
  {
    name: 'retention_rule',
    columns: {
      id: id(),
      afterDeliveryDays: int(),
      unassignedDays: int(),
      keepAsPriorDays: nullable(int()),
      why: text(),
      changedAt: time(),
    },
  },
  {
    name: 'retention_deletion',
    columns: {
      id: id(),
      batchId: key(),
      kind: key(16),
      subjectId: key(),
      centreId: key(),
      sopInstanceUid: key(),
      objectKey: key(128),
      objectSha256: key(),
      sizeBytes: bigint(),
      state: key(16),
      stateCode: nullable(key()),
      rule: key(16),
      days: int(),
      protocolId: nullable(key()),
      receivedAt: time(),
      countedFrom: time(),
      decidedAt: time(),
      deletedAt: nullable(time()),
    },
    indices: [['batchId'], ['subjectId'], ['centreId'], ['deletedAt']],
  },
];

export class Retention1764000500000 implements MigrationInterface {
  readonly name = 'Retention1764000500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const database = databaseOf(queryRunner.connection.options.type);
    for (const table of RETENTION) await queryRunner.createTable(portableTable(database, table));
    await queryRunner.query(`ALTER TABLE "instance" ADD "deletedAt" ${timeType(database)}`);
    await index(queryRunner, 'instance', ['disposition', 'receivedAt']);
    await index(queryRunner, 'input_set', ['patientKey']);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}

/** A column that may be null: the statement is the same in every database, its type is not. */
function timeType(database: DatabaseType): string {
  const { type, length, collation } = sqlTypeOf('time', database, 0);
  const quoted = database === 'postgres' ? `"${collation}"` : collation;
  return `${type}(${length})${collation === undefined ? '' : ` COLLATE ${quoted}`}`;
}

/** Under the name that TypeORM derives. */
async function index(queryRunner: QueryRunner, table: string, columns: string[]): Promise<void> {
  const name = queryRunner.connection.namingStrategy.indexName(table, columns);
  const list = columns.map((column) => `"${column}"`).join(', ');
  await queryRunner.query(`CREATE INDEX "${name}" ON "${table}" (${list})`);
}
