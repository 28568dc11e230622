/** `/api/v1/held`: what waits for a person, and the person's word on it. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { HeldItemEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';
import { DecideHeldItem } from './decide-held-item';
import { DiscardHeldItemDto, HeldItemView, HeldQuery, heldItemView, ReleaseHeldItemDto } from './held.dto';

const MOST_ITEMS = 1000;

@ApiTags('held')
@Controller('api/v1/held')
export class HeldController {
  constructor(
    private readonly decisions: DecideHeldItem,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  /** What is held now, the newest first, unless the query asks for another state. */
  @Get()
  @RequirePermission('held:read')
  @ApiOkResponse({ type: [HeldItemView] })
  async list(
    @Query() { state = 'held', kind, centre }: HeldQuery,
    @Scope() scope: CallerScope,
  ): Promise<HeldItemView[]> {
    const rows = await this.readStore.manager.find(HeldItemEntity, {
      where: { state, ...(kind === undefined ? {} : { kind }), ...ofCentres(scope, centre) },
      order: { heldAt: 'DESC', id: 'DESC' },
      take: MOST_ITEMS,
    });
    return rows.map(heldItemView);
  }

  @Get(':id')
  @RequirePermission('held:read')
  @ApiOkResponse({ type: HeldItemView })
  async show(@Param('id') id: string, @Scope() scope: CallerScope): Promise<HeldItemView> {
    const row = await this.readStore.manager.findOneBy(HeldItemEntity, { id, ...ofCentres(scope) });
    if (row === null)
      throw new HubError('NOT_FOUND', 'there is no held item with this id', {
        advice: 'List them: modelbank held list',
      });
    return heldItemView(row);
  }

  @Post(':id/release')
  @HttpCode(200)
  @RequirePermission('held:write')
  @ApiOkResponse({ type: HeldItemView })
  async release(
    @Param('id') id: string,
    @Body() body: ReleaseHeldItemDto,
    @Actor() caller: string,
  ): Promise<HeldItemView> {
    await this.decisions.decide('release', id, body, caller);
    return this.view(id);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @RequirePermission('held:write')
  @ApiOkResponse({ type: HeldItemView })
  async discard(
    @Param('id') id: string,
    @Body() body: DiscardHeldItemDto,
    @Actor() caller: string,
  ): Promise<HeldItemView> {
    await this.decisions.decide('discard', id, body, caller);
    return this.view(id);
  }

  private async view(id: string): Promise<HeldItemView> {
    return heldItemView(await this.readStore.manager.findOneByOrFail(HeldItemEntity, { id }));
  }
}
