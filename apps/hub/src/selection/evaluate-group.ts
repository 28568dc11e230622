/** Reads, measures and evaluates every input set of a group. Files and child processes are awaited here, so no transaction is open. */
import { Inject, Injectable } from '@nestjs/common';
import { HubError, OBJECT_STORE, READ_STORE } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import type { InputSetEntity, ModelVersionEntity, ReadStore } from '@modelbank/store';
import { evaluateSet } from './evaluated-group';
import type { EvaluatedGroup, EvaluatedSet, UnreadableSet } from './evaluated-group';
import { currentInputSets, registeredVersions } from './group';
import type { GroupKey } from './group';
import { MeasureOnce } from './image-facts';
import { readInputSet, withImageFacts } from './read-input-set';
import type { InputSetReading } from './read-input-set';

@Injectable()
export class GroupEvaluation {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly facts: MeasureOnce,
  ) {}

  async evaluate(key: GroupKey): Promise<EvaluatedGroup> {
    const versions = await registeredVersions(this.readStore.manager);
    const sets: EvaluatedSet[] = [];
    const unreadable: UnreadableSet[] = [];
    for (const inputSet of await currentInputSets(this.readStore.manager, key)) {
      const reading = await this.read(inputSet);
      if (reading instanceof HubError) unreadable.push({ inputSet, failure: reading });
      else sets.push(await this.evaluateOne(reading, versions));
    }
    return { sets, unreadable, versions };
  }

  /** Another failure than a lost or damaged object says that the hub is not well. */
  private async read(inputSet: InputSetEntity): Promise<InputSetReading | HubError> {
    try {
      return await readInputSet(this.readStore, this.objects, inputSet);
    } catch (thrown) {
      if (thrown instanceof HubError && thrown.code === 'OBJECT_CORRUPT') return thrown;
      throw thrown;
    }
  }

  private async evaluateOne(reading: InputSetReading, versions: readonly ModelVersionEntity[]): Promise<EvaluatedSet> {
    const { facts, failure } = await this.facts.factsOf(reading, versions);
    return evaluateSet(reading, withImageFacts(reading.observed, facts), versions, failure);
  }
}
