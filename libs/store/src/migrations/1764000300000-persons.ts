/** People with local accounts, who may use DICOMweb with a token. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { databaseOf, id, key, nullable, portableTable, text, time } from '../schema/portable-table';
import type { PortableTable } from '../schema/portable-table';

const PERSON: PortableTable = {
  name: 'person',
  columns: {
    id: id(),
    name: text(),
    centreId: nullable(key()),
    role: key(16),
    tokenSha256: key(),
    addedAt: time(),
    expiresAt: time(),
    revokedAt: nullable(time()),
  },
  indices: [['centreId']],
  uniqueIndices: [['tokenSha256']],
};

export class Persons1764000300000 implements MigrationInterface {
  readonly name = 'Persons1764000300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(portableTable(databaseOf(queryRunner.connection.options.type), PERSON));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
