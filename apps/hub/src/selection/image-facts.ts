/**
 * The image facts of an input set: measured once per content, in a child process, and only when some version waits for
 * nothing else. A series that cannot be measured is held, unless a person said to go on without.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { asHubError, CLOCK, HubError, IMAGE_FACTS, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, ErrorCode, ImageFactsMeter } from '@modelbank/contracts';
import { evaluateApplicability, waitsForImageFacts } from '@modelbank/registry';
import type { ImageFacts } from '@modelbank/registry';
import { HeldItemEntity, ImageFactsEntity, insertRow } from '@modelbank/store';
import type { ModelVersionEntity, ReadStore, UnitOfWork } from '@modelbank/store';
import { IRREVERSIBLY_COMPRESSED } from './irreversible-compression';
import type { InputSetReading } from './read-input-set';

export interface MeasuredFacts {
  readonly facts?: ImageFacts;
  /** Why the series could not be measured. */
  readonly failure?: HubError;
}

/** These say that the hub is not well, not the series: the message is tried again. */
const TRY_AGAIN: readonly ErrorCode[] = ['STORAGE_FULL', 'STORAGE_FAILED', 'DATABASE_UNAVAILABLE', 'INTERNAL'];

@Injectable()
export class MeasureOnce {
  constructor(
    @Inject(IMAGE_FACTS) private readonly meter: ImageFactsMeter,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async factsOf(reading: InputSetReading, versions: readonly ModelVersionEntity[]): Promise<MeasuredFacts> {
    const { inputSet, observed, singleSeries } = reading;
    const { manager } = this.readStore;
    const known = await manager.findOneBy(ImageFactsEntity, { id: inputSet.digest });
    if (known !== null) return { facts: known.facts };
    const asked = versions.some(({ manifest }) => waitsForImageFacts(evaluateApplicability(manifest, observed)));
    if (!asked || singleSeries === undefined) return {};
    const code = Not(IRREVERSIBLY_COMPRESSED);
    const items = await manager.findBy(HeldItemEntity, { kind: 'selection', subjectId: inputSet.id, code });
    if (items.some(({ state }) => state === 'discarded')) return {};
    const open = items.find(({ state }) => state === 'held');
    if (open !== undefined) return { failure: new HubError(open.code as ErrorCode, 'waits for a person') };
    try {
      const facts = await this.meter.measure(singleSeries);
      await this.keep(inputSet.digest, facts);
      return { facts };
    } catch (thrown) {
      const failure = asHubError(thrown);
      if (TRY_AGAIN.includes(failure.code)) throw failure;
      return { failure };
    }
  }

  /** Another evaluation of the same content may have kept the same facts meanwhile. */
  private async keep(digest: string, facts: ImageFacts): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (await tx.manager.existsBy(ImageFactsEntity, { id: digest })) return;
      await insertRow(tx.manager, ImageFactsEntity, { id: digest, facts, measuredAt: this.clock.now() });
    });
  }
}
