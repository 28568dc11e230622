/** What `modelbank explain` shows of a series: every version against every criterion, and what became of each task. */
import { ApiProperty } from '@nestjs/swagger';
import type { InputSetState, Purpose, SeriesState, TaskSelectionState } from '@modelbank/contracts';
import type { CriterionResult, ImageFacts, ReleaseDecision } from '@modelbank/registry';

export class CandidateView {
  @ApiProperty() modelVersionId!: string;
  @ApiProperty() modelId!: string;
  @ApiProperty() version!: string;
  @ApiProperty() task!: string;
  @ApiProperty() applies!: boolean;
  @ApiProperty({ type: [Object], description: 'criterion, required, observed, outcome (met, notMet, unknown)' })
  criteria!: readonly CriterionResult[];
  @ApiProperty({ type: Object, nullable: true, description: 'The release policy; asked only of versions that apply' })
  release!: ReleaseDecision | null;
  @ApiProperty({ type: String, format: 'date-time' }) evaluatedAt!: Date;
}

export class NearestMissView {
  @ApiProperty() modelId!: string;
  @ApiProperty() version!: string;
  @ApiProperty({ type: [Object], description: 'The criteria that are not met' }) missed!: readonly CriterionResult[];
}

export class TaskSelectionView {
  @ApiProperty() id!: string;
  @ApiProperty() task!: string;
  @ApiProperty() state!: TaskSelectionState;
  @ApiProperty({ type: String, nullable: true }) stateCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) modelVersionId!: string | null;
  @ApiProperty({ type: String, nullable: true }) modelId!: string | null;
  @ApiProperty({ type: String, nullable: true }) version!: string | null;
  @ApiProperty({ type: Object }) parameters!: Record<string, string | number | boolean>;
  @ApiProperty({ type: Object, nullable: true }) held!: { id: string; code: string; reason: string } | null;
  @ApiProperty({ type: String, format: 'date-time' }) decidedAt!: Date;
}

export class ExplainedInputSet {
  @ApiProperty() id!: string;
  @ApiProperty() revision!: number;
  @ApiProperty() state!: InputSetState;
  @ApiProperty() purpose!: Purpose;
  @ApiProperty() digest!: string;
  @ApiProperty({ type: String, format: 'date-time' }) assembledAt!: Date;
  @ApiProperty({ enum: ['selected', 'held', 'notApplicable', 'waiting'] })
  outcome!: 'selected' | 'held' | 'notApplicable' | 'waiting';
  @ApiProperty({ type: Object, nullable: true, description: 'Null unless a rule asked for them' })
  imageFacts!: ImageFacts | null;
  @ApiProperty({ type: Object, nullable: true, description: 'Where the image could not be measured' })
  held!: { id: string; code: string; reason: string } | null;
  @ApiProperty({ type: [TaskSelectionView] }) tasks!: TaskSelectionView[];
  @ApiProperty({ type: [CandidateView] }) candidates!: CandidateView[];
  @ApiProperty({ type: [NearestMissView] }) nearestMisses!: NearestMissView[];
}

export class ExplainedSeries {
  @ApiProperty() seriesId!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty() seriesInstanceUid!: string;
  @ApiProperty() state!: SeriesState;
  @ApiProperty({ type: String, nullable: true, description: 'Why the series made no input set' })
  stateCode!: string | null;
  @ApiProperty({ type: [ExplainedInputSet], description: 'The newest first' }) inputSets!: ExplainedInputSet[];
}
