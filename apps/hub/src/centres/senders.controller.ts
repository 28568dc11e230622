/** `/api/v1/senders`: who knocked and was not let in, why, and the operator's word on it. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { READ_STORE } from '@modelbank/contracts';
import { UnknownSenderEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, DEFAULT_ROWS, RequirePermission } from '../access';
import { EnrolSender } from './enrol-sender';
import {
  DismissSenderDto,
  EnrolSenderDto,
  SenderView,
  SenderWithCertificateView,
  SendersQuery,
  viewSender,
} from './sender.dto';

@ApiTags('senders')
@Controller('api/v1/senders')
export class SendersController {
  constructor(
    private readonly decisions: EnrolSender,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  /** Who was seen last comes first. */
  @Get()
  @RequirePermission('senders:read')
  @ApiOkResponse({ type: [SenderView] })
  async list(@Query() { limit = DEFAULT_ROWS }: SendersQuery): Promise<SenderView[]> {
    const rows = await this.readStore.manager.find(UnknownSenderEntity, {
      order: { lastSeenAt: 'DESC', id: 'DESC' },
      take: limit,
    });
    return rows.map(viewSender);
  }

  @Get(':id')
  @RequirePermission('senders:read')
  @ApiOkResponse({ type: SenderWithCertificateView })
  async show(@Param('id') id: string): Promise<SenderWithCertificateView> {
    const sender = await this.decisions.find(id);
    return { ...viewSender(sender), pem: sender.pem };
  }

  @Post(':id/enrol')
  @HttpCode(204)
  @RequirePermission('senders:write')
  async enrol(@Param('id') id: string, @Body() body: EnrolSenderDto, @Actor() actor: string): Promise<void> {
    const { centreId, callingAe = false, who } = body;
    await this.decisions.enrol(actor, id, centreId, { callingAe, who });
  }

  @Post(':id/dismiss')
  @HttpCode(204)
  @RequirePermission('senders:write')
  async dismiss(@Param('id') id: string, @Body() { who }: DismissSenderDto, @Actor() actor: string): Promise<void> {
    await this.decisions.dismiss(actor, id, { who });
  }
}
