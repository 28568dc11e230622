/** What selection observed and decided, criterion by criterion, and what waits for a person. Owner: selection; held items: all stages through HeldItems. */
import { Entity, Index, Unique } from 'typeorm';
import type { HeldKind, HeldState, TaskSelectionState } from '@modelbank/contracts';
import type { CriterionResult, ReleaseDecision } from '@modelbank/registry';
import type { ImageFacts } from '@modelbank/registry';
import {
  FlagColumn,
  IdColumn,
  JsonColumn,
  KeyColumn,
  NullableJsonColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

/** One registered version against one input set. */
@Entity('candidate')
@Unique(['inputSetId', 'modelVersionId'])
export class CandidateEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() inputSetId!: string;
  @KeyColumn() modelVersionId!: string;
  @KeyColumn() task!: string;
  @FlagColumn() applies!: boolean;
  /** Every criterion with the observed value; vocabulary only, never free text of the sender. */
  @JsonColumn() criteria!: CriterionResult[];
  @NullableJsonColumn() release!: ReleaseDecision | null;
  @TimeColumn() evaluatedAt!: Date;
}

/** For one task: the version that runs on the input set, or why none does. */
@Entity('task_selection')
@Unique(['inputSetId', 'task'])
export class TaskSelectionEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() inputSetId!: string;
  @KeyColumn() centreId!: string;
  @KeyColumn() task!: string;
  @NullableKeyColumn() modelVersionId!: string | null;
  @KeyColumn(16) state!: TaskSelectionState;
  @NullableKeyColumn(64) stateCode!: string | null;
  @JsonColumn() parameters!: Record<string, string | number | boolean>;
  @TimeColumn() decidedAt!: Date;
}

/** Facts measured from the pixels of an input set, once. */
@Entity('image_facts')
export class ImageFactsEntity {
  /** The input set's digest. */
  @IdColumn() id!: string;
  @JsonColumn() facts!: ImageFacts;
  @TimeColumn() measuredAt!: Date;
}

/** Something that a person must look at: released or discarded with who and why. */
@Entity('held_item')
export class HeldItemEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @KeyColumn(16) kind!: HeldKind;
  /** Id of the instance, series, task selection (input set, where its image cannot be measured) or job that is held. */
  @Index() @KeyColumn() subjectId!: string;
  @KeyColumn() code!: string;
  /** In words, without patient data. */
  @TextColumn() reason!: string;
  @NullableJsonColumn() details!: Record<string, unknown> | null;
  @Index() @KeyColumn(16) state!: HeldState;
  @TimeColumn() heldAt!: Date;
  @NullableTimeColumn() resolvedAt!: Date | null;
  @TextColumn({ nullable: true }) resolvedBy!: string | null;
  @TextColumn({ nullable: true }) resolvedWhy!: string | null;
}
