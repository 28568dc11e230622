/** `/api/v1/retention`: how long what is kept, what is due, what was deleted by which rule. */
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { READ_STORE } from '@modelbank/contracts';
import { RetentionDeletionEntity, onlyGiven } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, DEFAULT_ROWS, RequirePermission } from '../access';
import { FindDue } from './find-due';
import { RetentionRules } from './retention-rules';
import { RetentionSweep } from './retention-sweep';
import {
  DeletionView,
  DeletionsQuery,
  DueView,
  RetentionRuleView,
  RetentionView,
  SetRetentionRuleDto,
  SweptView,
} from './retention.dto';

const MOST_DUE = 1000;

@ApiTags('retention')
@Controller('api/v1/retention')
export class RetentionController {
  constructor(
    private readonly rules: RetentionRules,
    private readonly due: FindDue,
    private readonly sweep: RetentionSweep,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  @Get()
  @RequirePermission('retention:read')
  @ApiOkResponse({ type: RetentionView })
  async show(): Promise<RetentionView> {
    const counted = await this.readStore.manager
      .createQueryBuilder(RetentionDeletionEntity, 'deletion')
      .select('COUNT(*)', 'objects')
      .addSelect('COUNT(deletion.deletedAt)', 'gone')
      .addSelect('SUM(CASE WHEN deletion.deletedAt IS NULL THEN 0 ELSE deletion.sizeBytes END)', 'bytes')
      .getRawOne<{ objects: string; gone: string; bytes: string | null }>();
    const deletedObjects = Number(counted?.gone ?? 0);
    return {
      rules: await this.listRules(),
      deletedObjects,
      deletedBytes: Number(counted?.bytes ?? 0),
      pendingObjects: Number(counted?.objects ?? 0) - deletedObjects,
    };
  }

  /** What a sweep would delete now, the oldest first. Promises of storage commitment are asked when it does. */
  @Get('due')
  @RequirePermission('retention:read')
  @ApiOkResponse({ type: [DueView] })
  async listDue(): Promise<DueView[]> {
    const found: DueView[] = [];
    for await (const { centreId, seriesInstanceUid, instances, verdict } of this.due.walk()) {
      const { rule, days, protocolId, countedFrom } = verdict;
      const bytes = instances.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      found.push({
        centreId,
        seriesInstanceUid,
        instances: instances.length,
        bytes,
        rule,
        days,
        protocolId,
        countedFrom,
      });
      if (found.length === MOST_DUE) break;
    }
    return found;
  }

  @Post('run')
  @HttpCode(200)
  @RequirePermission('retention:write')
  @ApiOkResponse({ type: SweptView })
  run(): Promise<SweptView> {
    return this.sweep.sweep();
  }

  @Get('deletions')
  @RequirePermission('retention:read')
  @ApiOkResponse({ type: [DeletionView] })
  async listDeletions(@Query() { centre, limit = DEFAULT_ROWS }: DeletionsQuery): Promise<DeletionView[]> {
    const rows = await this.readStore.manager.find(RetentionDeletionEntity, {
      where: onlyGiven({ centreId: centre }),
      order: { id: 'DESC' },
      take: limit,
    });
    return rows.map(deletionView);
  }

  /** First what holds wherever no protocol says otherwise. */
  @Get('rules')
  @RequirePermission('retention:read')
  @ApiOkResponse({ type: [RetentionRuleView] })
  async listRules(): Promise<RetentionRuleView[]> {
    const { standard } = await this.rules.known();
    const rules = await this.rules.list();
    return [
      { ...standard, why: null },
      ...rules.map(({ id: protocolId, changedAt: _, ...rule }) => ({ protocolId, ...rule })),
    ];
  }

  @Post('rules')
  @HttpCode(200)
  @RequirePermission('retention:write')
  @ApiOkResponse({ type: [RetentionRuleView] })
  async setRule(@Body() body: SetRetentionRuleDto, @Actor() caller: string): Promise<RetentionRuleView[]> {
    await this.rules.set(caller, body);
    return this.listRules();
  }

  @Delete('rules/:protocolId')
  @RequirePermission('retention:write')
  @ApiOkResponse({ type: [RetentionRuleView] })
  async removeRule(@Param('protocolId') protocolId: string, @Actor() caller: string): Promise<RetentionRuleView[]> {
    await this.rules.remove(caller, protocolId);
    return this.listRules();
  }
}

/** Without the object's key: nobody outside needs it. */
function deletionView({
  objectKey: _key,
  state: _state,
  stateCode: _code,
  ...shown
}: RetentionDeletionEntity): DeletionView {
  return shown;
}
