/** `/api/v1/called-aes`: the hub's own AE titles and what each stands for. */
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { READ_STORE } from '@modelbank/contracts';
import { CalledAeEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, RequirePermission } from '../access';
import { AddCalledAeDto } from './called-ae.dto';
import { CalledAes } from './called-aes';
import { CalledAeView, viewCalledAe } from './centre-views';

@ApiTags('centres')
@Controller('api/v1/called-aes')
export class CalledAesController {
  constructor(
    private readonly calledAes: CalledAes,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  @Get()
  @RequirePermission('centres:read')
  async list(): Promise<CalledAeView[]> {
    return (await this.readStore.manager.find(CalledAeEntity, { order: { aeTitle: 'ASC' } })).map(viewCalledAe);
  }

  @Post()
  @RequirePermission('centres:write')
  async add(@Body() body: AddCalledAeDto, @Actor() actor: string): Promise<CalledAeView> {
    await this.calledAes.add(actor, body);
    return viewCalledAe(await this.readStore.manager.findOneByOrFail(CalledAeEntity, { aeTitle: body.aeTitle }));
  }
}
