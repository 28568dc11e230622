import { newLines, waitingFor } from './follow-study';
import type { JobProgressAnswer, StudyProgressAnswer } from './study-progress';

function study(state: string, job?: Partial<JobProgressAnswer>): StudyProgressAnswer {
  const jobs = job === undefined ? [] : [{ id: 'j', state: 'queued', code: null, attempts: 1, results: [], ...job }];
  const task = { task: 'thorax', state: 'selected', code: null, modelId: 'thorax', modelVersion: '1.2.0', jobs };
  const inputSet = { id: 'i', revision: 1, state: 'complete', slices: 60, candidates: 2, applicable: 1, tasks: [task] };
  const series = { seriesInstanceUid: '2.25.1', modality: 'CT', state, code: null, instanceCount: 60 };
  const counts = { instancesStored: 60, dispositions: {}, held: [], settled: false };
  return { studyInstanceUid: '2.25.1', centreId: 'odense', ...counts, series: [{ ...series, inputSets: [inputSet] }] };
}

it('a line is told once, and again where a second receiver got the result', () => {
  const told = new Map<string, number>();
  expect(newLines(['a', 'b'], told)).toEqual(['a', 'b']);
  expect(newLines(['a', 'b', 'b'], told)).toEqual(['b']);
  expect(newLines(['a', 'b', 'b'], told)).toEqual([]);
});

it.each<[StudyProgressAnswer, string]>([
  [study('open'), 'waiting    1 series may still get slices (settle time)'],
  [study('complete', { state: 'running' }), 'waiting    the model runs'],
  [study('complete', { state: 'queued' }), 'waiting    for a worker that is free'],
  [
    study('complete', {
      state: 'built',
      results: [{ id: 'r', state: 'built', deliveries: [{ id: 'd', state: 'waiting', code: null, attempts: 2 }] }],
    }),
    'waiting    the receiver is tried again (2 attempts so far)',
  ],
  [study('complete'), 'waiting    for the next stage'],
])('a silent study says what it waits for', (progress, line) => {
  expect(waitingFor(progress)).toBe(line);
});
