/** The table of senders that were not let in. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { databaseOf, flag, id, int, json, key, nullable, portableTable, text, time } from '../schema/portable-table';
import type { PortableTable } from '../schema/portable-table';

const UNKNOWN_SENDER: PortableTable = {
  name: 'unknown_sender',
  columns: {
    id: id(),
    digest: key(),
    code: key(),
    callingAeTitle: nullable(key()),
    calledAeTitle: nullable(key()),
    remoteAddress: key(),
    centreId: nullable(key()),
    fingerprintSha256: nullable(key()),
    serialNumber: nullable(key()),
    subject: nullable(text()),
    issuer: nullable(text()),
    notBefore: nullable(time()),
    notAfter: nullable(time()),
    pem: nullable(json()),
    isTrusted: flag(),
    attempts: int(),
    firstSeenAt: time(),
    lastSeenAt: time(),
  },
  indices: [['lastSeenAt']],
  uniqueIndices: [['digest']],
};

export class UnknownSenders1764000100000 implements MigrationInterface {
  readonly name = 'UnknownSenders1764000100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const database = databaseOf(queryRunner.connection.options.type);
    await queryRunner.createTable(portableTable(database, UNKNOWN_SENDER));
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
