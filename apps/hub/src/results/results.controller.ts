/** GET /api/v1/results: what was made, with volumes and remarks, and the object as it is delivered. */
import { createHash } from 'node:crypto';
import { Controller, Get, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { HubError, OBJECT_STORE, READ_STORE } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { InputSetEntity, JobEntity, ResultEntity, onlyGiven } from '@modelbank/store';
import type { ReadStore, ResultRoi } from '@modelbank/store';
import { RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';

const LIST_LIMIT = 200;

export class ResultQuery {
  @ApiPropertyOptional({ description: 'only results of this job' })
  @IsOptional()
  @IsUUID()
  job?: string;
}

export class ResultView {
  @ApiProperty() readonly id: string;
  @ApiProperty() readonly jobId: string;
  @ApiProperty() readonly centreId: string;
  @ApiProperty() readonly kind: string;
  @ApiProperty() readonly encodingProfile: string;
  @ApiProperty({ enum: ['built', 'withdrawn', 'superseded'] }) readonly state: string;
  @ApiProperty({ nullable: true, type: String }) readonly stateReason: string | null;
  @ApiProperty({ nullable: true, type: String }) readonly supersededByResultId: string | null;
  @ApiProperty() readonly sopInstanceUid: string;
  @ApiProperty() readonly seriesInstanceUid: string;
  @ApiProperty({ type: [Object] }) readonly rois: ResultRoi[];
  @ApiProperty({ type: [String] }) readonly remarks: string[];
  @ApiProperty() readonly builtAt: Date;

  constructor(result: ResultEntity) {
    this.id = result.id;
    this.jobId = result.jobId;
    this.centreId = result.centreId;
    this.kind = result.kind;
    this.encodingProfile = result.encodingProfile;
    this.state = result.state;
    this.stateReason = result.stateReason;
    this.supersededByResultId = result.supersededByResultId;
    this.sopInstanceUid = result.sopInstanceUid;
    this.seriesInstanceUid = result.seriesInstanceUid;
    this.rois = result.rois;
    this.remarks = result.remarks;
    this.builtAt = result.builtAt;
  }
}

@ApiTags('results')
@Controller('api/v1/results')
export class ResultsController {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
  ) {}

  @Get()
  @RequirePermission('results:read')
  async list(@Query() query: ResultQuery, @Scope() scope: CallerScope): Promise<ResultView[]> {
    const results = await this.store.manager.find(ResultEntity, {
      where: { ...onlyGiven({ jobId: query.job }), ...ofCentres(scope) },
      order: { builtAt: 'DESC', id: 'DESC' },
      take: LIST_LIMIT,
    });
    return results.map((result) => new ResultView(result));
  }

  @Get(':id')
  @RequirePermission('results:read')
  async show(@Param('id') id: string, @Scope() scope: CallerScope): Promise<ResultView> {
    return new ResultView(await this.find(id, scope));
  }

  /** The bytes identify the patient: a permission of their own, and only of a result that may be used. */
  @Get(':id/object')
  @RequirePermission('results:objects')
  @ApiProduces('application/dicom')
  @Header('content-type', 'application/dicom')
  async object(@Param('id') id: string, @Scope() scope: CallerScope): Promise<StreamableFile> {
    const result = await this.find(id, scope);
    await this.requireUsable(result);
    const bytes = await this.objects.read(result.objectKey);
    if (createHash('sha256').update(bytes).digest('hex') !== result.objectSha256) {
      throw new HubError('OBJECT_CORRUPT', 'the stored result no longer has its SHA-256');
    }
    return new StreamableFile(bytes, { type: 'application/dicom' });
  }

  private async requireUsable({ jobId, state }: ResultEntity): Promise<void> {
    if (state !== 'built') throw new HubError('CONFLICT', `the result is ${state}: its series has changed since`);
    const { manager } = this.store;
    const { inputSetId } = await manager.findOneByOrFail(JobEntity, { id: jobId });
    const inputSet = await manager.findOneByOrFail(InputSetEntity, { id: inputSetId });
    if (inputSet.state !== 'complete') {
      throw new HubError('CONFLICT', 'the result was made ahead of time: its series is not complete yet', {
        advice: 'wait until the series is complete',
      });
    }
  }

  private async find(id: string, scope: CallerScope): Promise<ResultEntity> {
    const result = await this.store.manager.findOneBy(ResultEntity, { id, ...ofCentres(scope) });
    if (result === null) {
      throw new HubError('NOT_FOUND', 'no result with this id', { advice: 'list results: modelbank results list' });
    }
    return result;
  }
}
