/** GET /api/v1/series: what arrived, how far its assembly is, and why a series is held. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { HubError, READ_STORE, SERIES_STATES } from '@modelbank/contracts';
import type { InputSetState, SeriesState } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { HeldItemEntity, InputSetEntity, SeriesEntity, onlyGiven } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { CentreField, DEFAULT_ROWS, LimitField, RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';

export class SeriesQuery {
  @CentreField()
  centre?: string;

  @ApiPropertyOptional({ enum: SERIES_STATES })
  @IsOptional()
  @IsIn(SERIES_STATES)
  state?: SeriesState;

  @LimitField()
  limit?: number;
}

export class SeriesSummary {
  @ApiProperty() id!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty() seriesInstanceUid!: string;
  @ApiProperty() studyInstanceUid!: string;
  @ApiProperty() modality!: string;
  @ApiProperty() purpose!: string;
  @ApiProperty({ enum: SERIES_STATES }) state!: SeriesState;
  @ApiProperty({ type: String, nullable: true }) stateCode!: string | null;
  @ApiProperty() revision!: number;
  @ApiProperty() instanceCount!: number;
  @ApiProperty({ type: Number, nullable: true }) declaredCount!: number | null;
  @ApiProperty({ type: String, format: 'date-time' }) lastInstanceAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadlineAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) completedAt!: Date | null;
}

export class InputSetSummary {
  @ApiProperty() id!: string;
  @ApiProperty() revision!: number;
  @ApiProperty({ enum: ['provisional', 'complete', 'superseded'] }) state!: InputSetState;
  @ApiProperty() digest!: string;
  @ApiProperty() slices!: number;
  @ApiProperty({ type: String, format: 'date-time' }) assembledAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) completedAt!: Date | null;
}

export class SeriesDetail extends SeriesSummary {
  @ApiProperty({ type: [InputSetSummary] }) inputSets!: InputSetSummary[];
  @ApiProperty({ type: Object, nullable: true }) held!: { id: string; code: string; reason: string } | null;
}

@ApiTags('series')
@Controller('api/v1/series')
export class SeriesController {
  constructor(@Inject(READ_STORE) private readonly readStore: ReadStore) {}

  @Get()
  @RequirePermission('series:read')
  @ApiOkResponse({ type: [SeriesSummary] })
  async list(@Query() query: SeriesQuery, @Scope() scope: CallerScope): Promise<SeriesSummary[]> {
    const rows = await this.readStore.manager.find(SeriesEntity, {
      where: { ...onlyGiven({ state: query.state }), ...ofCentres(scope, query.centre) },
      order: { lastInstanceAt: 'DESC', id: 'DESC' },
      take: query.limit ?? DEFAULT_ROWS,
    });
    return rows.map(summaryOf);
  }

  /** The same series UID may exist at several centres: each is its own series. */
  @Get(':uid')
  @RequirePermission('series:read')
  @ApiOkResponse({ type: [SeriesDetail] })
  async show(@Param('uid') uid: string, @Scope() scope: CallerScope): Promise<SeriesDetail[]> {
    if (!isUid(uid)) throw new HubError('UID_INVALID', 'this is not a Series Instance UID');
    const rows = await this.readStore.manager.find(SeriesEntity, {
      where: { seriesInstanceUid: uid, ...ofCentres(scope) },
      order: { centreId: 'ASC' },
    });
    if (rows.length === 0)
      throw new HubError('NOT_FOUND', 'no instance of this series was stored', {
        advice: 'The Series Instance UID stands in `modelbank jobs ID`, and in the images themselves.',
      });
    return Promise.all(rows.map((row) => this.detailOf(row)));
  }

  private async detailOf(series: SeriesEntity): Promise<SeriesDetail> {
    const { manager } = this.readStore;
    const sets = await manager.find(InputSetEntity, { where: { seriesId: series.id }, order: { id: 'ASC' } });
    const held = await manager.findOneBy(HeldItemEntity, { kind: 'series', subjectId: series.id, state: 'held' });
    return {
      ...summaryOf(series),
      inputSets: sets.map(inputSetSummaryOf),
      held: held === null ? null : { id: held.id, code: held.code, reason: held.reason },
    };
  }
}

function summaryOf(row: SeriesEntity): SeriesSummary {
  const { id, centreId, seriesInstanceUid, studyInstanceUid, modality, purpose, state, stateCode, revision } = row;
  const { instanceCount, declaredCount, lastInstanceAt, deadlineAt, completedAt } = row;
  return {
    ...{ id, centreId, seriesInstanceUid, studyInstanceUid, modality, purpose, state, stateCode, revision },
    ...{ instanceCount, declaredCount, lastInstanceAt, deadlineAt, completedAt },
  };
}

function inputSetSummaryOf(set: InputSetEntity): InputSetSummary {
  const { id, revision, state, digest, assembledAt, completedAt } = set;
  const slices = Object.values(set.members).reduce((sum, members) => sum + members.length, 0);
  return { id, revision, state, digest, slices, assembledAt, completedAt };
}
