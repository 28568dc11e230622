/** A centre's studies and their series are found by an index alone, however many instances there are. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = ['centreId', 'studyInstanceUid', 'seriesInstanceUid'];

export class StudySearch1764000300001 implements MigrationInterface {
  readonly name = 'StudySearch1764000300001';

  /** The same statement in every database; the name is the one that TypeORM derives. */
  async up(queryRunner: QueryRunner): Promise<void> {
    const name = queryRunner.connection.namingStrategy.indexName('instance', COLUMNS);
    const columns = COLUMNS.map((column) => `"${column}"`).join(', ');
    await queryRunner.query(`CREATE INDEX "${name}" ON "instance" (${columns})`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
