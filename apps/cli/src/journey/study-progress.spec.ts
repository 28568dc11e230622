import { isOnlyDelivering, progressLines, whyNothing } from './study-progress';
import type { StudyProgressAnswer } from './study-progress';

/** A study with one job and one delivery in these states. */
function study(job: string, delivery: { state: string; attempts: number }, series = 'complete'): StudyProgressAnswer {
  const results = [{ id: 'r1', state: 'built', deliveries: [{ id: 'd1', code: 'PEER_UNREACHABLE', ...delivery }] }];
  const jobs = [{ id: 'j1', state: job, code: null, attempts: 1, results: job === 'built' ? results : [] }];
  const task = { task: 'lungs', state: 'selected', code: null, modelId: 'm', modelVersion: '1.0.0', jobs };
  const inputSet = {
    id: 'i1',
    revision: 1,
    state: 'complete',
    slices: 10,
    candidates: 1,
    applicable: 1,
    tasks: [task],
  };
  const uid = '2.25.123456789';
  return {
    studyInstanceUid: uid,
    centreId: 'odense',
    instancesStored: 10,
    dispositions: {},
    series: [
      { seriesInstanceUid: uid, modality: 'CT', state: series, code: null, instanceCount: 10, inputSets: [inputSet] },
    ],
    held: [],
    settled: false,
  };
}

describe('isOnlyDelivering', () => {
  it.each([
    ['a delivery tried in vain', study('built', { state: 'waiting', attempts: 1 }), true],
    ['a delivery not tried yet', study('built', { state: 'waiting', attempts: 0 }), false],
    ['a delivery that is being sent', study('built', { state: 'sending', attempts: 2 }), false],
    ['a result that waits for its series', study('built', { state: 'awaitingCompletion', attempts: 0 }), false],
    ['a series that is open', study('built', { state: 'waiting', attempts: 1 }, 'open'), false],
    ['a job that runs', study('running', { state: 'waiting', attempts: 1 }), false],
    ['nothing left at all', study('built', { state: 'delivered', attempts: 1 }), false],
  ])('%s', (_what, progress, expected) => {
    expect(isOnlyDelivering(progress)).toBe(expected);
  });
});

it('says that the receiver has not taken it yet, and that nobody need do anything', () => {
  expect(progressLines(study('built', { state: 'waiting', attempts: 3 })).at(-1)).toBe(
    'delivery   not taken yet (PEER_UNREACHABLE); the hub tries again by itself',
  );
});

it('points to a command that has an answer when nothing came of it', () => {
  const usual = study('failed', { state: 'waiting', attempts: 0 });
  const kept = { ...usual, series: [] };
  const held = [{ id: 'h1', kind: 'instance', code: 'ENHANCED_CT', reason: 'multi-frame' }];
  expect(whyNothing([kept, usual])).toBe(
    'no result; why: bin/modelbank explain 2.25.123456789 and bin/modelbank held list',
  );
  expect(whyNothing([{ ...kept, held }])).toBe('no result; why: bin/modelbank held list');
  expect(whyNothing([kept])).toBe('no result: 10 instances are kept, but no stage assembles this kind into series yet');
});
