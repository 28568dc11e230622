/** The events that selection listens to; each means that a group of input sets is evaluated again. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Subscribes } from '@modelbank/broker';
import { asHubError, CLOCK, CRASH_POINTS_PORT, queueName, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, Envelope, HubError } from '@modelbank/contracts';
import { InputSetEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { groupKeyOf } from './group';
import { GroupSelection } from './group-selection';
import { groupsToReconsider } from './reconsider';

@Controller()
export class SelectionConsumer {
  constructor(
    private readonly selection: GroupSelection,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Subscribes('selection', 'inputSet.assembled')
  async onInputSetAssembled(@Payload() envelope: Envelope<'inputSet.assembled'>): Promise<void> {
    await this.selectFor('inputSet.assembled', envelope, envelope.body.inputSetId);
  }

  @Subscribes('selection', 'selection.released')
  async onSelectionReleased(@Payload() envelope: Envelope<'selection.released'>): Promise<void> {
    await this.selectFor('selection.released', envelope);
  }

  /** The next best series takes over, unless a new revision of the same series does. */
  @Subscribes('selection', 'series.superseded')
  async onSeriesSuperseded(@Payload() envelope: Envelope<'series.superseded'>): Promise<void> {
    await this.selectFor('series.superseded', envelope);
  }

  /**
   * Group by group, each in its own transaction; repeated after a crash, what is done already stays as it is. A group that
   * cannot be evaluated keeps no other one waiting: the message fails for it when all have had their turn.
   */
  @Subscribes('selection', 'model.registered')
  async onModelRegistered(@Payload() envelope: Envelope<'model.registered'>): Promise<void> {
    const { messageId } = envelope;
    const failures: HubError[] = [];
    for (const key of await groupsToReconsider(this.readStore, this.clock.now())) {
      await this.selection
        .select(key, messageId, (write) => this.unitOfWork.run(write))
        .catch((thrown: unknown) => failures.push(asHubError(thrown)));
    }
    if (failures.length > 0) throw failures.find(({ retryable }) => retryable) ?? failures[0];
    await this.unitOfWork.consume(queueName('selection', 'model.registered'), envelope, async () => {
      this.crashPoints.reach('selection.beforeCommit');
    });
    this.crashPoints.reach('selection.afterCommit');
  }

  private async selectFor(
    event: 'inputSet.assembled' | 'selection.released' | 'series.superseded',
    envelope: Envelope<typeof event>,
    assembledId?: string,
  ): Promise<void> {
    const { inputSetId } = envelope.body;
    const inputSet = await this.readStore.manager.findOneByOrFail(InputSetEntity, { id: inputSetId });
    await this.selection.select(
      groupKeyOf(inputSet),
      envelope.messageId,
      (write) =>
        this.unitOfWork.consume(queueName('selection', event), envelope, async (tx) => {
          await write(tx);
          this.crashPoints.reach('selection.beforeCommit');
        }),
      assembledId,
    );
    this.crashPoints.reach('selection.afterCommit');
  }
}
