/** Jobs: one per (input set content, model package, parameters, run number). Owner: dispatch; leases: inference. */
import { Entity, Index } from 'typeorm';
import type { InferenceOutcome, JobState } from '@modelbank/contracts';
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

@Entity('job')
export class JobEntity {
  @IdColumn() id!: string;
  /** sha256(centre, sorted(role, SOP Instance UID, content hash), package digest, parameters, run number). */
  @Index({ unique: true }) @KeyColumn() jobKey!: string;
  @Index() @KeyColumn() centreId!: string;
  @Index() @KeyColumn() inputSetId!: string;
  @KeyColumn() taskSelectionId!: string;
  @KeyColumn() modelVersionId!: string;
  @KeyColumn() packageDigest!: string;
  @JsonColumn() parameters!: Record<string, string | number | boolean>;
  @IntColumn() runNumber!: number;
  @Index() @KeyColumn(16) state!: JobState;
  @NullableKeyColumn(64) stateCode!: string | null;
  @IntColumn() attempts!: number;
  @NullableKeyColumn() leaseOwner!: string | null;
  /** Rises with every claim: a late write of an earlier owner is refused. */
  @IntColumn() fencingToken!: number;
  @NullableTimeColumn() leaseExpiresAt!: Date | null;
  @NullableTimeColumn() notBefore!: Date | null;
  /** Label files and measurements of the finished run; files lie below `objectKey` of each label. */
  @NullableJsonColumn() outcome!: InferenceOutcome | null;
  @TimeColumn() createdAt!: Date;
  @NullableTimeColumn() startedAt!: Date | null;
  @NullableTimeColumn() finishedAt!: Date | null;
}
