import * as fc from 'fast-check';
import type { ManifestParameter, RankingRule } from '../manifest/manifest';
import { exampleSeries } from './example-series';
import { resolveTask } from './resolve-task';
import type { RunnableVersion, TaskContender } from './resolve-task';

const MOST_SLICES: RankingRule[] = [{ by: 'slices', prefer: 'most' }];
const SIDE: ManifestParameter = { name: 'side', type: 'enum', values: ['left', 'right'], description: 'Side.' };

function version(modelId: string, number: string, changes: Partial<RunnableVersion> = {}): RunnableVersion {
  const modelVersionId = `${modelId}@${number}`;
  return { modelVersionId, modelId, version: number, parameters: [], ranking: MOST_SLICES, ...changes };
}

function contender(
  inputSetId: string,
  versions: RunnableVersion[],
  changes: Partial<TaskContender> = {},
  slices = 100,
) {
  return {
    inputSetId,
    name: `series ${inputSetId}`,
    versions,
    series: exampleSeries({}, slices),
    parameters: {},
    ...changes,
  };
}

const chosen = (id: string, at = '2026-01-01T08:00:00.000Z') => ({ id, at });

describe('resolveTask', () => {
  it('selects the newest version of the one model', () => {
    const versions = [version('a', '1.10.0'), version('a', '1.9.0'), version('a', '1.10.0-rc.1')];
    expect(resolveTask([contender('s', versions)])).toEqual([
      { inputSetId: 's', state: 'selected', modelVersionId: 'a@1.10.0', parameters: {} },
    ]);
  });

  it('holds two models with the newest version of both named', () => {
    const [outcome] = resolveTask([
      contender('s', [version('b', '1.0.0'), version('a', '1.0.0'), version('a', '2.0.0')]),
    ]);
    expect(outcome).toEqual({
      inputSetId: 's',
      state: 'held',
      code: 'TASK_CONTESTED',
      reason: 'a 2.0.0 and b 1.0.0 claim the same task; choose one of them.',
      options: ['a@2.0.0', 'b@1.0.0'],
      names: { 'a@2.0.0': 'a 2.0.0', 'b@1.0.0': 'b 1.0.0' },
    });
  });

  it('holds two models that claim the task on different series of the group', () => {
    const outcomes = resolveTask([contender('s', [version('a', '1.0.0')]), contender('t', [version('b', '1.0.0')])]);
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['held', 'held']);
  });

  it('follows the choice of a model for the whole group', () => {
    const both = [version('a', '1.0.0'), version('b', '1.0.0')];
    const decision = { choices: [chosen('b@1.0.0')] };
    expect(resolveTask([contender('s', both, { decision }, 9), contender('t', both)])).toEqual([
      { inputSetId: 's', state: 'outranked', by: ['t'] },
      { inputSetId: 't', state: 'selected', modelVersionId: 'b@1.0.0', parameters: {} },
    ]);
  });

  it('asks again when two different models were chosen at the same moment', () => {
    const both = [version('a', '1.0.0'), version('b', '1.0.0')];
    const outcomes = resolveTask([
      contender('s', both, { decision: { choices: [chosen('a@1.0.0')] } }),
      contender('t', both, { decision: { choices: [chosen('b@1.0.0')] } }),
    ]);
    expect(outcomes).toMatchObject([{ code: 'TASK_CONTESTED' }, { code: 'TASK_CONTESTED' }]);
  });

  it('runs on the best series; the others are outranked', () => {
    const versions = [version('a', '1.0.0')];
    expect(resolveTask([contender('s', versions, {}, 10), contender('t', versions, {}, 20)])).toMatchObject([
      { inputSetId: 's', state: 'outranked', by: ['t'] },
      { inputSetId: 't', state: 'selected' },
    ]);
  });

  it('holds a tie with both named, and outranks the rest', () => {
    const versions = [version('a', '1.0.0')];
    const outcomes = resolveTask([contender('u', versions, {}, 5), contender('t', versions), contender('s', versions)]);
    expect(outcomes).toEqual([
      expect.objectContaining({
        inputSetId: 's',
        code: 'SERIES_TIE',
        options: ['s', 't'],
        names: { s: 'series s', t: 'series t' },
        reason: expect.stringContaining('series s and series t'),
      }),
      expect.objectContaining({ inputSetId: 't', code: 'SERIES_TIE', options: ['s', 't'] }),
      { inputSetId: 'u', state: 'outranked', by: ['s', 't'] },
    ]);
  });

  it('follows the choice of a series among those that tie', () => {
    const versions = [version('a', '1.0.0')];
    const decision = { choices: [chosen('t')] };
    expect(resolveTask([contender('s', versions, { decision }), contender('t', versions)])).toMatchObject([
      { inputSetId: 's', state: 'outranked' },
      { inputSetId: 't', state: 'selected' },
    ]);
  });

  it('asks again when two of the series that tie were chosen at the same moment', () => {
    const versions = [version('a', '1.0.0')];
    const outcomes = resolveTask([
      contender('s', versions, { decision: { choices: [chosen('s')] } }),
      contender('t', versions, { decision: { choices: [chosen('t')] } }),
    ]);
    expect(outcomes).toMatchObject([{ code: 'SERIES_TIE' }, { code: 'SERIES_TIE' }]);
  });

  it('follows the last word', () => {
    const versions = [version('a', '1.0.0')];
    const outcomes = resolveTask([
      contender('s', versions, { decision: { choices: [chosen('s', '2026-01-01T09:00:00.000Z')] } }),
      contender('t', versions, { decision: { choices: [chosen('t')] } }),
    ]);
    expect(outcomes).toMatchObject([{ state: 'selected' }, { state: 'outranked', by: ['s'] }]);
  });

  it('leaves out what a person discarded', () => {
    const versions = [version('a', '1.0.0')];
    const decision = { discarded: true };
    expect(resolveTask([contender('s', versions, { decision }), contender('t', versions)])).toMatchObject([
      { inputSetId: 's', state: 'discarded' },
      { inputSetId: 't', state: 'selected' },
    ]);
  });

  it.each<[string, Partial<TaskContender>, ManifestParameter, unknown]>([
    [
      'API before called AE',
      { decision: { parameters: { side: 'left' } }, parameters: { side: 'right' } },
      SIDE,
      'left',
    ],
    ['called AE before default', { parameters: { side: 'right' } }, { ...SIDE, default: 'left' }, 'right'],
    ['default', {}, { ...SIDE, default: 'left' }, 'left'],
    ['number zero', { parameters: { side: 0 } }, { ...SIDE, type: 'number', values: undefined }, 0],
    ['false', { parameters: { side: false } }, { ...SIDE, type: 'boolean', values: undefined, default: true }, false],
  ])('takes a parameter from %s', (_, changes, parameter, value) => {
    const [outcome] = resolveTask([contender('s', [version('a', '1.0.0', { parameters: [parameter] })], changes)]);
    expect(outcome).toMatchObject({ state: 'selected', parameters: { side: value } });
  });

  it.each([
    ['nothing given', {}, 'The parameter side is not given; give one of left, right.'],
    ['a value it does not know', { side: 'up' }, 'has a value that the model does not know'],
    ['a value of another type', { side: 1 }, 'has a value that the model does not know'],
  ])('holds a missing parameter: %s', (_, parameters, reason) => {
    const versions = [version('a', '1.0.0', { parameters: [SIDE] })];
    const [outcome] = resolveTask([contender('s', versions, { parameters: parameters as Record<string, string> })]);
    expect(outcome).toMatchObject({ state: 'held', code: 'PARAMETER_MISSING', options: ['side'] });
    expect(outcome).toHaveProperty('reason', expect.stringContaining(reason));
  });

  it('never passes on a value that no parameter declares', () => {
    const [outcome] = resolveTask([contender('s', [version('a', '1.0.0')], { parameters: { other: 'x' } })]);
    expect(outcome).toMatchObject({ state: 'selected', parameters: {} });
  });

  it('does not depend on any order, gives one outcome per input set and selects at most one', () => {
    const versions = fc.uniqueArray(
      fc.constantFrom(version('a', '1.0.0'), version('a', '1.1.0'), version('b', '1.0.0')),
      { minLength: 1 },
    );
    const groups = fc.array(fc.record({ versions, slices: fc.integer({ min: 1, max: 3 }) }), { maxLength: 5 });
    fc.assert(
      fc.property(groups, fc.boolean(), (group, isChosen) => {
        const contenders = group.map(({ versions: list, slices }, index) =>
          contender(
            `s${index}`,
            list,
            isChosen && index === 0 ? { decision: { choices: [chosen('a@1.0.0')] } } : {},
            slices,
          ),
        );
        const outcomes = resolveTask(contenders);
        const turned = contenders.map((one) => ({ ...one, versions: [...one.versions].reverse() })).reverse();
        expect(resolveTask(turned)).toEqual(outcomes);
        expect(outcomes.map(({ inputSetId }) => inputSetId)).toEqual(contenders.map(({ inputSetId }) => inputSetId));
        expect(outcomes.filter(({ state }) => state === 'selected').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
