/** A centre's studies, those of a patient, and their series are found by an index alone, however many instances there are. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDICES = [
  ['centreId', 'studyInstanceUid', 'seriesInstanceUid'],
  ['centreId', 'patientKey', 'studyInstanceUid'],
];

export class StudySearch1764000300001 implements MigrationInterface {
  readonly name = 'StudySearch1764000300001';

  /** The same statements in every database; the names are those that TypeORM derives. */
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const columns of INDICES) {
      const name = queryRunner.connection.namingStrategy.indexName('instance', columns);
      const list = columns.map((column) => `"${column}"`).join(', ');
      await queryRunner.query(`CREATE INDEX "${name}" ON "instance" (${list})`);
    }
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
