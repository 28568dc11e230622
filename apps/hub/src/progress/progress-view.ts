/** What the API tells about a study on its way: from stored instances to acknowledged results, and what stopped where. */
import { ApiProperty } from '@nestjs/swagger';
import type {
  DeliveryState,
  HeldKind,
  InputSetState,
  JobState,
  ResultState,
  SeriesState,
  TaskSelectionState,
} from '@modelbank/contracts';

export class DeliveryProgress {
  @ApiProperty() id!: string;
  @ApiProperty() resultId!: string;
  @ApiProperty() destinationId!: string;
  @ApiProperty({ type: String }) state!: DeliveryState;
  @ApiProperty({ type: String, nullable: true }) code!: string | null;
  @ApiProperty() attempts!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deliveredAt!: Date | null;
}

export class ResultProgress {
  @ApiProperty() id!: string;
  @ApiProperty() kind!: string;
  @ApiProperty({ type: String }) state!: ResultState;
  @ApiProperty() sopInstanceUid!: string;
  @ApiProperty({ type: [DeliveryProgress] }) deliveries!: DeliveryProgress[];
}

export class JobProgress {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String }) state!: JobState;
  @ApiProperty({ type: String, nullable: true }) code!: string | null;
  @ApiProperty() attempts!: number;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) startedAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: Date | null;
  @ApiProperty({ type: [ResultProgress] }) results!: ResultProgress[];
}

export class TaskProgress {
  @ApiProperty() id!: string;
  @ApiProperty() task!: string;
  @ApiProperty({ type: String }) state!: TaskSelectionState;
  @ApiProperty({ type: String, nullable: true }) code!: string | null;
  @ApiProperty({ type: String, nullable: true }) modelId!: string | null;
  @ApiProperty({ type: String, nullable: true }) modelVersion!: string | null;
  @ApiProperty({ type: [JobProgress] }) jobs!: JobProgress[];
}

export class InputSetProgress {
  @ApiProperty() id!: string;
  @ApiProperty() revision!: number;
  @ApiProperty({ type: String }) state!: InputSetState;
  @ApiProperty() slices!: number;
  @ApiProperty({ description: 'versions that were weighed against it' }) candidates!: number;
  @ApiProperty({ description: 'versions that apply to it' }) applicable!: number;
  @ApiProperty({ type: [TaskProgress] }) tasks!: TaskProgress[];
}

export class HeldProgress {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String }) kind!: HeldKind;
  @ApiProperty() subjectId!: string;
  @ApiProperty() code!: string;
  @ApiProperty() reason!: string;
}

export class SeriesProgress {
  @ApiProperty() id!: string;
  @ApiProperty() seriesInstanceUid!: string;
  @ApiProperty() modality!: string;
  @ApiProperty({ type: String }) state!: SeriesState;
  @ApiProperty({ type: String, nullable: true }) code!: string | null;
  @ApiProperty() revision!: number;
  @ApiProperty() instanceCount!: number;
  @ApiProperty({ type: Number, nullable: true }) declaredCount!: number | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadlineAt!: Date | null;
  @ApiProperty({ type: [InputSetProgress] }) inputSets!: InputSetProgress[];
}

export class StudyProgress {
  @ApiProperty() studyInstanceUid!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty() instancesStored!: number;
  @ApiProperty({ type: Object, description: 'number of instances by disposition' })
  dispositions!: Record<string, number>;
  @ApiProperty({ type: [SeriesProgress] }) series!: SeriesProgress[];
  @ApiProperty({ type: [HeldProgress] }) held!: HeldProgress[];
  @ApiProperty({ description: 'nothing of this study will change unless somebody acts or sends more' })
  settled!: boolean;
}
