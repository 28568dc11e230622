/** Reads, measures and evaluates every input set of a group. Files and child processes are awaited here, so no transaction is open. */
import { Inject, Injectable } from '@nestjs/common';
import { OBJECT_STORE, READ_STORE } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import type { InputSetEntity, ModelVersionEntity, ReadStore } from '@modelbank/store';
import { evaluateSet } from './evaluated-group';
import type { EvaluatedGroup, EvaluatedSet } from './evaluated-group';
import { currentInputSets, registeredVersions } from './group';
import type { GroupKey } from './group';
import { MeasureOnce } from './image-facts';
import { readInputSet, withImageFacts } from './read-input-set';

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
    for (const inputSet of await currentInputSets(this.readStore.manager, key)) {
      sets.push(await this.evaluateOne(inputSet, versions));
    }
    return { sets, versions };
  }

  private async evaluateOne(inputSet: InputSetEntity, versions: readonly ModelVersionEntity[]): Promise<EvaluatedSet> {
    const reading = await readInputSet(this.readStore, this.objects, inputSet);
    const { facts, failure } = await this.facts.factsOf(reading, versions);
    return evaluateSet(reading, withImageFacts(reading.observed, facts), versions, failure);
  }
}
