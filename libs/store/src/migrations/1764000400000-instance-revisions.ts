/** The table of what came again under a taken SOP Instance UID with other content. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, id, json, key, nullable, portableTable, databaseOf, time } from '../schema/portable-table';
import type { PortableTable } from '../schema/portable-table';

const INSTANCE_REVISION: PortableTable = {
  name: 'instance_revision',
  columns: {
    id: id(),
    centreId: key(),
    sopInstanceUid: key(),
    sopClassUid: key(),
    studyInstanceUid: key(),
    seriesInstanceUid: key(),
    transferSyntaxUid: key(),
    patientKey: nullable(key()),
    firstKind: key(16),
    firstId: key(),
    contentSha256: key(),
    decodedSha256: nullable(key()),
    objectSha256: key(),
    objectKey: key(128),
    sizeBytes: bigint(),
    associationId: key(),
    purpose: key(16),
    header: json(),
    disposition: key(16),
    dispositionCode: key(),
    differences: json(),
    receivedAt: time(),
  },
  indices: [['studyInstanceUid'], ['firstId'], ['objectKey'], ['disposition']],
  uniques: [['centreId', 'sopInstanceUid', 'contentSha256', 'transferSyntaxUid']],
};

export class InstanceRevisions1764000400000 implements MigrationInterface {
  readonly name = 'InstanceRevisions1764000400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const database = databaseOf(queryRunner.connection.options.type);
    await queryRunner.createTable(portableTable(database, INSTANCE_REVISION));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
