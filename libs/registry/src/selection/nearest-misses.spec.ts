import type { CriterionResult } from '../decision';
import { nearestMisses } from './nearest-misses';

const criteria = (...outcomes: CriterionResult['outcome'][]): CriterionResult[] =>
  outcomes.map((outcome, index) => ({ criterion: `c${index}`, required: 'r', observed: 'o', outcome }));

describe('nearestMisses', () => {
  it('orders by the number of criteria missed, unknown ones included, then by name', () => {
    const misses = nearestMisses([
      { modelId: 'far', version: '1.0.0', criteria: criteria('notMet', 'unknown', 'met') },
      { modelId: 'near-b', version: '1.0.0', criteria: criteria('met', 'unknown', 'met') },
      { modelId: 'near-a', version: '1.0.0', criteria: criteria('notMet', 'met', 'met') },
      { modelId: 'applies', version: '1.0.0', criteria: criteria('met', 'met', 'met') },
    ]);
    expect(misses.map(({ modelId, missed }) => [modelId, missed.map(({ criterion }) => criterion)])).toEqual([
      ['near-a', ['c0']],
      ['near-b', ['c1']],
      ['far', ['c0', 'c1']],
    ]);
  });

  it('stops at the limit', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      modelId: `m${index}`,
      version: '1.0.0',
      criteria: criteria('notMet'),
    }));
    expect(nearestMisses(many, 3).map(({ modelId }) => modelId)).toEqual(['m0', 'm1', 'm2']);
  });
});
