/** The tables of the first journey: from a centre's CT to the RTSTRUCT that is delivered to it. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { databaseOf, portableTable } from '../schema/portable-table';
import { CENTRES, INTAKE_AND_ASSEMBLY } from './1763800000000-first-journey/arrival-tables';
import {
  DISPATCH_TO_DELIVERY,
  JOURNAL_AND_MESSAGES,
  SELECTION_AND_MODELS,
} from './1763800000000-first-journey/outcome-tables';

export class FirstJourney1763800000000 implements MigrationInterface {
  readonly name = 'FirstJourney1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const database = databaseOf(queryRunner.connection.options.type);
    for (const table of [
      ...CENTRES,
      ...INTAKE_AND_ASSEMBLY,
      ...SELECTION_AND_MODELS,
      ...DISPATCH_TO_DELIVERY,
      ...JOURNAL_AND_MESSAGES,
    ]) {
      await queryRunner.createTable(portableTable(database, table));
    }
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only: restore the backup'));
  }
}
