/** What the API says about a job: one status word for people, and the facts behind it. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { JOB_STATES } from '@modelbank/contracts';
import type { InferenceOutcome, JobState } from '@modelbank/contracts';
import type { DeliveryEntity, InputSetEntity, JobEntity, ModelVersionEntity, ResultEntity } from '@modelbank/store';
import { CentreField, LimitField } from '../access';

export class JobQuery {
  @CentreField()
  centre?: string;

  @ApiPropertyOptional({ enum: JOB_STATES })
  @IsOptional()
  @IsIn(JOB_STATES)
  state?: JobState;

  @LimitField()
  limit?: number;
}

/** `delivered` only when every delivery was acknowledged by its receiver. */
export type JobStatus =
  | Exclude<JobState, 'built'>
  | 'stored'
  | 'awaitingCompletion'
  | 'delivering'
  | 'delivered'
  | 'parked'
  | 'blocked'
  | 'superseded';

export class DeliveryView {
  @ApiProperty() readonly id: string;
  @ApiProperty() readonly destinationId: string;
  @ApiProperty() readonly state: string;
  @ApiProperty({ nullable: true, type: String }) readonly code: string | null;
  @ApiProperty() readonly attempts: number;
  @ApiProperty({ nullable: true, type: String }) readonly nextAttemptAt: Date | null;
  @ApiProperty({ nullable: true, type: Number, description: 'DIMSE status of the last response' })
  readonly lastStatus: number | null;
  @ApiProperty({ nullable: true, type: String }) readonly deliveredAt: Date | null;
  @ApiProperty({ nullable: true, type: String }) readonly lastError: string | null;

  constructor(delivery: DeliveryEntity) {
    this.id = delivery.id;
    this.destinationId = delivery.destinationId;
    this.state = delivery.state;
    this.code = delivery.stateCode;
    this.attempts = delivery.attempts;
    this.nextAttemptAt = delivery.nextAttemptAt;
    this.lastStatus = delivery.lastStatus;
    this.deliveredAt = delivery.deliveredAt;
    this.lastError = delivery.lastError;
  }
}

export class JobView {
  @ApiProperty() readonly id: string;
  @ApiProperty() readonly centreId: string;
  @ApiProperty() readonly status: JobStatus;
  @ApiProperty({ nullable: true, type: String }) readonly code: string | null;
  @ApiProperty() readonly model: string;
  @ApiProperty() readonly version: string;
  @ApiProperty() readonly packageDigest: string;
  @ApiProperty() readonly studyInstanceUid: string;
  @ApiProperty() readonly seriesInstanceUid: string;
  @ApiProperty() readonly inputSetId: string;
  @ApiProperty({ description: 'ran before its series was complete' }) readonly aheadOfTime: boolean;
  @ApiProperty() readonly attempts: number;
  @ApiProperty() readonly runNumber: number;
  @ApiProperty() readonly createdAt: Date;
  @ApiProperty({ nullable: true, type: String }) readonly startedAt: Date | null;
  @ApiProperty({ nullable: true, type: String }) readonly finishedAt: Date | null;
  @ApiProperty({ nullable: true, type: Object }) readonly inference: Pick<
    InferenceOutcome,
    'executionProvider' | 'stages' | 'peakRssMiB'
  > | null;
  @ApiProperty({ type: [String] }) readonly resultIds: string[];
  @ApiProperty({ type: [DeliveryView] }) readonly deliveries: DeliveryView[];

  constructor(
    job: JobEntity,
    version: ModelVersionEntity,
    inputSet: InputSetEntity,
    seriesInstanceUid: string,
    results: readonly ResultEntity[],
    deliveries: readonly DeliveryEntity[],
  ) {
    this.id = job.id;
    this.centreId = job.centreId;
    this.status = statusOf(job, results, deliveries);
    this.code = job.stateCode;
    this.model = version.modelId;
    this.version = version.version;
    this.packageDigest = job.packageDigest;
    this.studyInstanceUid = inputSet.studyInstanceUid;
    this.seriesInstanceUid = seriesInstanceUid;
    this.inputSetId = inputSet.id;
    this.aheadOfTime = inputSet.completedAt === null || inputSet.completedAt > inputSet.assembledAt;
    this.attempts = job.attempts;
    this.runNumber = job.runNumber;
    this.createdAt = job.createdAt;
    this.startedAt = job.startedAt;
    this.finishedAt = job.finishedAt;
    this.inference = job.outcome;
    this.resultIds = results.map(({ id }) => id);
    this.deliveries = deliveries.map((delivery) => new DeliveryView(delivery));
  }
}

/** The one word for a job; the least finished delivery decides. */
export function statusOf(
  job: Pick<JobEntity, 'state'>,
  results: readonly Pick<ResultEntity, 'state'>[],
  deliveries: readonly Pick<DeliveryEntity, 'state'>[],
): JobStatus {
  if (results.some(({ state }) => state === 'superseded')) return 'superseded';
  if (job.state !== 'built') return job.state;
  const has = (state: DeliveryEntity['state']) => deliveries.some((delivery) => delivery.state === state);
  if (has('awaitingCompletion')) return 'awaitingCompletion';
  if (has('waiting') || has('sending')) return 'delivering';
  if (has('parked')) return 'parked';
  if (has('blocked')) return 'blocked';
  return has('delivered') ? 'delivered' : 'stored';
}
