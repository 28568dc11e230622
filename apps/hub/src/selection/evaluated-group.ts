/** What was found out about a group of input sets, outside any transaction, before anything is decided. */
import type { HubError } from '@modelbank/contracts';
import { applies, decideRelease, evaluateApplicability } from '@modelbank/registry';
import type { CriterionResult, ObservedInputSet, ObservedRole, ReleaseDecision } from '@modelbank/registry';
import type { InputSetEntity, ModelVersionEntity } from '@modelbank/store';

/** One version against one input set. */
export interface EvaluatedCandidate {
  readonly version: ModelVersionEntity;
  readonly criteria: readonly CriterionResult[];
  readonly applies: boolean;
  /** Asked only of versions that apply. */
  readonly release: ReleaseDecision | null;
}

export interface EvaluatedSet {
  readonly inputSet: InputSetEntity;
  readonly seriesInstanceUid: string;
  /** The series that ranking looks at. */
  readonly series: ObservedRole;
  readonly candidates: readonly EvaluatedCandidate[];
  /** Why its image facts could not be measured. */
  readonly failure?: HubError;
}

/** An input set of which an instance is gone or damaged: nothing can be said of it, and the others go on. */
export interface UnreadableSet {
  readonly inputSet: InputSetEntity;
  readonly failure: HubError;
}

export interface EvaluatedGroup {
  readonly sets: readonly EvaluatedSet[];
  readonly unreadable: readonly UnreadableSet[];
  readonly versions: readonly ModelVersionEntity[];
}

/** Every registered version against one input set, with the release policy's word on those that apply. */
export function evaluateSet(
  { inputSet, seriesInstanceUid }: Pick<EvaluatedSet, 'inputSet' | 'seriesInstanceUid'>,
  observed: ObservedInputSet,
  versions: readonly ModelVersionEntity[],
  failure?: HubError,
): EvaluatedSet {
  const candidates = versions.map((version): EvaluatedCandidate => {
    const criteria = evaluateApplicability(version.manifest, observed);
    const met = applies(criteria);
    return { version, criteria, applies: met, release: met ? releaseOf(version, inputSet) : null };
  });
  const [series] = Object.values(observed);
  return { inputSet, seriesInstanceUid, series, candidates, failure };
}

/** Whether it may run here; delivery asks again with its destination. */
function releaseOf(version: ModelVersionEntity, { purpose }: InputSetEntity): ReleaseDecision {
  return decideRelease({
    registryReachable: true,
    packageTrusted: version.state === 'registered',
    purpose,
    destination: 'none',
  });
}
