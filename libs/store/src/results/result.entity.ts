/** Result objects, stored once and only sent again. Owner: results. */
import { Entity, Index } from 'typeorm';
import type { ResultState } from '@modelbank/contracts';
import { IdColumn, JsonColumn, KeyColumn, NullableKeyColumn, TextColumn, TimeColumn } from '../columns/columns';

export interface ResultRoi {
  readonly number: number;
  readonly name: string;
  readonly volumeMl: number;
  readonly contours: number;
  readonly points: number;
  readonly color: readonly [number, number, number];
  readonly empty: boolean;
  readonly cutByScanEnd: boolean;
}

@Entity('result')
export class ResultEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() jobId!: string;
  @Index() @KeyColumn() centreId!: string;
  @KeyColumn(16) kind!: 'RTSTRUCT';
  /** `xor` or `keyhole`: one object per encoding that a destination asks for. */
  @KeyColumn(16) encodingProfile!: 'xor' | 'keyhole';
  @KeyColumn() sopClassUid!: string;
  @Index({ unique: true }) @KeyColumn() sopInstanceUid!: string;
  @KeyColumn() seriesInstanceUid!: string;
  @KeyColumn(128) objectKey!: string;
  @KeyColumn() objectSha256!: string;
  @JsonColumn() rois!: ResultRoi[];
  /** Sentences about the result that its reader must see. */
  @JsonColumn() remarks!: string[];
  @KeyColumn(16) state!: ResultState;
  @NullableKeyColumn() supersededByResultId!: string | null;
  @TextColumn({ nullable: true }) stateReason!: string | null;
  @TimeColumn() builtAt!: Date;
}
