import type { DeliveryState, JobState, ResultState } from '@modelbank/contracts';
import { statusOf } from './job-view';

describe('the one word for a job', () => {
  it.each<[string, JobState, ResultState[], DeliveryState[]]>([
    ['queued', 'queued', [], []],
    ['running', 'running', [], []],
    ['inferred', 'inferred', [], []],
    ['held', 'held', [], []],
    ['failed', 'failed', [], []],
    ['cancelled', 'cancelled', ['withdrawn'], ['cancelled']],
    ['superseded', 'cancelled', ['superseded'], ['delivered']],
    ['stored', 'built', ['built'], []],
    ['awaitingCompletion', 'built', ['built'], ['awaitingCompletion', 'delivered']],
    ['delivering', 'built', ['built'], ['waiting']],
    ['delivering', 'built', ['built'], ['sending', 'parked']],
    ['parked', 'built', ['built'], ['parked', 'delivered']],
    ['blocked', 'built', ['built'], ['blocked', 'delivered']],
    ['delivered', 'built', ['built', 'built'], ['delivered', 'delivered']],
  ])('is %s for %s with results %p and deliveries %p', (status, state, results, deliveries) => {
    const rows = <S>(states: readonly S[]) => states.map((value) => ({ state: value }));
    expect(statusOf({ state }, rows(results), rows(deliveries))).toBe(status);
  });
});
