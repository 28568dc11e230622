/** Storage commitment: gateways, transactions, and what was promised to be kept. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { databaseOf, flag, id, int, json, key, nullable, portableTable, text, time } from '../schema/portable-table';
import type { PortableTable } from '../schema/portable-table';

const TABLES: readonly PortableTable[] = [
  {
    name: 'commitment_gateway',
    columns: {
      id: id(),
      centreId: key(),
      aeTitle: key(16),
      host: key(255),
      port: int(),
      tls: flag(),
      pinnedFingerprintSha256: nullable(key()),
    },
    indices: [['centreId']],
    uniqueIndices: [['aeTitle']],
  },
  {
    name: 'commitment',
    columns: {
      id: id(),
      centreId: key(),
      aeTitle: key(16),
      calledAeTitle: key(16),
      transactionUid: key(),
      requestSha256: key(),
      requested: json(),
      requestedCount: int(),
      failed: nullable(json()),
      failedCount: nullable(int()),
      state: key(16),
      stateCode: nullable(key()),
      requestedAt: time(),
      decidedAt: nullable(time()),
      reportedAt: nullable(time()),
      dueAt: nullable(time()),
      attempts: int(),
      lastError: nullable(text()),
    },
    indices: [['transactionUid'], ['dueAt']],
  },
  {
    name: 'commitment_item',
    columns: { id: id(), commitmentId: key(), instanceId: key(), keptUntil: time() },
    indices: [['instanceId'], ['keptUntil']],
    uniques: [['commitmentId', 'instanceId']],
  },
];

export class StorageCommitment1764000200000 implements MigrationInterface {
  readonly name = 'StorageCommitment1764000200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const database = databaseOf(queryRunner.connection.options.type);
    for (const table of TABLES) await queryRunner.createTable(portableTable(database, table));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
