/** `/api/v1/dead-letters`: messages that no attempt could process, for the hub's operator; and another try. */
import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { BROKER, CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Broker, Clock } from '@modelbank/contracts';
import { OutboxRepository, appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { Actor, RequirePermission } from '../access';

const MOST = 200;

export class DeadLetterView {
  @ApiProperty() id!: string;
  @ApiProperty({ description: 'stage.event' }) queue!: string;
  @ApiProperty() messageId!: string;
  @ApiProperty() attempts!: number;
  @ApiProperty({ type: String, nullable: true }) lastError!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadAt!: Date | null;
}

@ApiTags('dead letters')
@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly outbox: OutboxRepository,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(BROKER) private readonly broker: Broker,
  ) {}

  @Get()
  @RequirePermission('journal:read')
  @ApiOkResponse({ type: [DeadLetterView] })
  async list(): Promise<DeadLetterView[]> {
    const dead = await this.outbox.dead(MOST);
    return dead.map(({ id, queue, messageId, attempts, lastError, deadAt }) => ({
      ...{ id, queue, messageId, attempts, lastError, deadAt },
    }));
  }

  /** Puts the message back into its queue, with its attempts counted anew. */
  @Post(':id/revive')
  @HttpCode(202)
  @RequirePermission('held:write')
  async revive(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    const queue = await this.unitOfWork.run(async (tx) => {
      const revived = await this.outbox.revive(tx, id);
      if (revived === undefined) throw new HubError('NOT_FOUND', 'no dead letter with this id');
      const text = `a message of ${revived} is tried again`;
      await appendJournal(tx, this.clock, { kind: 'deadLetter.revived', actor, subjectId: id, text });
      return revived;
    });
    this.broker.wake([queue]);
  }
}
