/** Series being assembled and the input sets made of them. Owner: assembly. */
import { Entity, Index, Unique } from 'typeorm';
import type { InputSetState, Purpose, SeriesState } from '@modelbank/contracts';
import type { Grid } from '@modelbank/geometry';
import {
  IdColumn,
  IntColumn,
  JsonColumn,
  KeyColumn,
  NullableJsonColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('series')
@Unique(['centreId', 'seriesInstanceUid'])
export class SeriesEntity {
  @IdColumn() id!: string;
  @KeyColumn() centreId!: string;
  @KeyColumn() seriesInstanceUid!: string;
  @Index() @KeyColumn() studyInstanceUid!: string;
  @NullableKeyColumn() frameOfReferenceUid!: string | null;
  @NullableKeyColumn() patientKey!: string | null;
  @KeyColumn(16) modality!: string;
  @KeyColumn(16) purpose!: Purpose;
  @KeyColumn(16) state!: SeriesState;
  @NullableKeyColumn(64) stateCode!: string | null;
  /** Rises with each completion; a late slice opens the next one. */
  @IntColumn() revision!: number;
  @IntColumn() instanceCount!: number;
  @IntColumn({ nullable: true }) declaredCount!: number | null;
  @TimeColumn() lastInstanceAt!: Date;
  /** When an open series completes although nothing more arrives. */
  @Index() @NullableTimeColumn() deadlineAt!: Date | null;
  @NullableTimeColumn() completedAt!: Date | null;
}

/** Named roles -> instances, frozen: what a model can be run on. */
@Entity('input_set')
export class InputSetEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @Index() @KeyColumn() seriesId!: string;
  @KeyColumn() studyInstanceUid!: string;
  @NullableKeyColumn() frameOfReferenceUid!: string | null;
  @Index() @NullableKeyColumn() patientKey!: string | null;
  @KeyColumn(16) purpose!: Purpose;
  @IntColumn() revision!: number;
  @Index() @KeyColumn(16) state!: InputSetState;
  /** SHA-256 over sorted (role, SOP Instance UID, content hash). */
  @KeyColumn() digest!: string;
  /** Role -> ids of instances in slice order. */
  @JsonColumn() members!: Record<string, string[]>;
  @JsonColumn() grid!: Grid;
  @NullableJsonColumn() parameters!: Record<string, string | number | boolean> | null;
  @TimeColumn() assembledAt!: Date;
  @NullableTimeColumn() completedAt!: Date | null;
}
