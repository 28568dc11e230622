import * as fc from 'fast-check';
import type { RankingRule } from '../manifest/manifest';
import { exampleSeries } from './example-series';
import { rankSeries } from './rank-series';

describe('rankSeries', () => {
  const better = exampleSeries;
  it.each<[string, RankingRule, ReturnType<typeof exampleSeries>, ReturnType<typeof exampleSeries>]>([
    [
      'original before derived',
      { by: 'imageType', prefer: ['ORIGINAL'] },
      better(),
      better({ imageType: ['DERIVED', 'PRIMARY'] }),
    ],
    [
      'a later preference where the first is equal',
      { by: 'imageType', prefer: ['ORIGINAL', 'AXIAL'] },
      better(),
      better({ imageType: ['ORIGINAL', 'PRIMARY'] }),
    ],
    [
      'the first kernel before the second',
      { by: 'kernel', prefer: ['B30f', 'Br40'] },
      better({ convolutionKernel: 'b30F' }),
      better({ convolutionKernel: 'Br40' }),
    ],
    [
      'the second kernel before none',
      { by: 'kernel', prefer: ['B30f', 'Br40'] },
      better({ convolutionKernel: 'Br40' }),
      better({}),
    ],
    [
      'the nearer thickness, thinner or thicker',
      { by: 'sliceThicknessMm', closestTo: 2 },
      better({ sliceThicknessMm: 1.5 }),
      better({ sliceThicknessMm: 3 }),
    ],
    [
      'slice distance where no thickness is stated',
      { by: 'sliceThicknessMm', closestTo: 3 },
      better(),
      better({ sliceThicknessMm: 2 }),
    ],
    ['contrast', { by: 'contrast', prefer: 'with' }, better({ contrast: true }), better()],
    ['no contrast', { by: 'contrast', prefer: 'without' }, better(), better({ contrast: true })],
    ['most slices', { by: 'slices', prefer: 'most' }, better({}, 101), better({}, 100)],
    ['phase', { by: 'phase', prefer: ['50%'] }, better({}, 9, ['Resp 50% ex']), better({}, 9, ['Resp 150% ex'])],
  ])('%s', (_, rule, first, second) => {
    const ranked = rankSeries(
      [rule],
      [
        { id: 'a', series: second },
        { id: 'b', series: first },
      ],
    );
    expect(ranked).toEqual([['b'], ['a']]);
  });

  it('lets earlier rules weigh more', () => {
    const rules: RankingRule[] = [
      { by: 'contrast', prefer: 'with' },
      { by: 'slices', prefer: 'most' },
    ];
    const candidates = [
      { id: 'many', series: exampleSeries({}, 300) },
      { id: 'contrast', series: exampleSeries({ contrast: true }, 30) },
    ];
    expect(rankSeries(rules, candidates)).toEqual([['contrast'], ['many']]);
  });

  it('names ties, and knows no order without rules', () => {
    expect(
      rankSeries(
        [],
        [
          { id: 'b', series: exampleSeries() },
          { id: 'a', series: exampleSeries({}, 7) },
        ],
      ),
    ).toEqual([['a', 'b']]);
  });

  it('does not depend on the order of the candidates and loses none', () => {
    const series = fc.record({ contrast: fc.boolean(), slices: fc.integer({ min: 1, max: 3 }) });
    const rules: RankingRule[] = [
      { by: 'slices', prefer: 'most' },
      { by: 'contrast', prefer: 'with' },
    ];
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (list, keys) => {
        const candidates = list.map(({ contrast, slices }, index) => ({
          id: `s${index}`,
          series: exampleSeries({ contrast }, slices),
        }));
        const shuffled = candidates
          .map((candidate) => ({ candidate, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ candidate }) => candidate);
        const ranked = rankSeries(rules, candidates);
        expect(rankSeries(rules, shuffled)).toEqual(ranked);
        expect(ranked.flat().sort()).toEqual(candidates.map(({ id }) => id).sort());
      }),
    );
  });
});
