/** `/api/v1/.../storage-commitment` and `/api/v1/commitments`: who may ask, what was asked, and what nobody took. */
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CLOCK, HubError, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { CommitmentEntity, appendJournal, onlyGiven } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { Actor, RequirePermission } from '../../access';
import { CommitmentGateways } from './commitment-gateways';
import { CommitmentLoop } from './commitment-loop';
import { CommitmentQuery, CommitmentView, GatewayView, SetGatewayDto } from './commitment.dto';
import { LISTED_COLUMNS, viewCommitment, viewGateway } from './commitment.dto';

const MOST_TRANSACTIONS = 1000;

@ApiTags('storage commitment')
@Controller('api/v1')
export class CommitmentController {
  constructor(
    private readonly gateways: CommitmentGateways,
    private readonly loop: CommitmentLoop,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('centres/:id/storage-commitment')
  @RequirePermission('centres:read')
  @ApiOkResponse({ type: [GatewayView] })
  async list(@Param('id') centreId: string): Promise<GatewayView[]> {
    return (await this.gateways.list(centreId)).map(viewGateway);
  }

  @Post('centres/:id/calling-aes/:aeTitle/storage-commitment')
  @HttpCode(200)
  @RequirePermission('centres:write')
  @ApiOkResponse({ type: [GatewayView] })
  async set(
    @Param('id') centreId: string,
    @Param('aeTitle') aeTitle: string,
    @Body() { host, port, tls = true, pinnedFingerprintSha256 }: SetGatewayDto,
    @Actor() actor: string,
  ): Promise<GatewayView[]> {
    const address = { host, port, tls, pinnedFingerprintSha256: pinnedFingerprintSha256 ?? null };
    await this.gateways.set(actor, centreId, aeTitle, address);
    return this.list(centreId);
  }

  @Delete('centres/:id/calling-aes/:aeTitle/storage-commitment')
  @HttpCode(204)
  @RequirePermission('centres:write')
  async remove(
    @Param('id') centreId: string,
    @Param('aeTitle') aeTitle: string,
    @Actor() actor: string,
  ): Promise<void> {
    await this.gateways.remove(actor, centreId, aeTitle);
  }

  /** The latest transactions. */
  @Get('commitments')
  @RequirePermission('centres:read')
  @ApiOkResponse({ type: [CommitmentView] })
  async transactions(@Query() { state }: CommitmentQuery): Promise<CommitmentView[]> {
    const rows = await this.store.manager.find(CommitmentEntity, {
      select: LISTED_COLUMNS,
      where: onlyGiven({ state }),
      order: { id: 'DESC' },
      take: MOST_TRANSACTIONS,
    });
    return rows.map(viewCommitment);
  }

  /** A person has mended what stopped the reports: tried at once, and by the schedule for as many days as a new one. */
  @Post('commitments/:id/retry')
  @HttpCode(202)
  @RequirePermission('centres:write')
  async retry(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const found = await tx.manager.findOneBy(CommitmentEntity, { id });
      if (found === null) throw new HubError('NOT_FOUND', 'no commitment with this id');
      if (found.state !== 'parked') throw new HubError('CONFLICT', `the commitment is ${found.state}`);
      const now = this.clock.now();
      const state = found.failed === null ? 'requested' : 'decided';
      await tx.manager.update(CommitmentEntity, { id }, { state, stateCode: null, dueAt: now, requestedAt: now });
      await appendJournal(tx, this.clock, {
        ...{ kind: 'commitment.retried', centreId: found.centreId, actor, subjectId: id },
        text: 'the report of a storage commitment is tried again at once',
      });
    });
    this.loop.wake();
  }
}
