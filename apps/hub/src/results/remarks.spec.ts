import { remarksOf } from './remarks';
import type { RemarkFacts } from './remarks';

const label = (name: string, interpretedType: string) => ({ name, interpretedType, color: [0, 0, 0] as const });
const FACTS: RemarkFacts = {
  manifest: {
    id: 'thorax',
    version: '1.2.0',
    labels: [label('External', 'EXTERNAL'), label('Lung_L', 'ORGAN'), label('Lung_R', 'ORGAN')],
    postprocessing: [{ step: 'splitSides', label: 'Air', left: 'Lung_L', right: 'Lung_R' }],
  },
  purpose: 'test',
  labels: [],
  warnings: [],
  replacesSentAt: null,
};
const found = (name: string, more: Partial<RemarkFacts['labels'][number]> = {}) => ({
  ...{ name, empty: false, cutByScanEnd: false },
  ...more,
});

describe('remarksOf', () => {
  it('always says that it is AI, not approved, and for what', () => {
    expect(remarksOf(FACTS)).toEqual([
      'Made by AI (thorax 1.2.0), not approved.',
      'Purpose test: not for clinical use.',
    ]);
  });

  it.each<[string, Partial<RemarkFacts>, string]>([
    [
      'empty labels',
      { labels: [found('Lung_L', { empty: true }), found('Lung_R', { empty: true })] },
      'Not found: Lung_L, Lung_R.',
    ],
    ['labels cut off', { labels: [found('Lung_L', { cutByScanEnd: true })] }, 'Cut by the end of the scan: Lung_L.'],
    [
      'sides by the middle plane, by the names that the reader sees',
      { warnings: [{ label: 'Air', warning: 'noTwoSides' }] },
      'Check Lung_L and Lung_R: two separate sides were not found; left and right were told apart by the middle of the body.',
    ],
    [
      'sides of unlike volume',
      { warnings: [{ label: 'Air', warning: 'implausibleSideVolumes' }] },
      'Check Lung_L and Lung_R: one side has less than a quarter of the volume of the other.',
    ],
    ['a warning without words yet', { warnings: [{ label: 'Bone', warning: 'tooThin' }] }, 'Check Bone: tooThin.'],
    [
      'a successor, in the time of the hospital',
      { replacesSentAt: new Date('2026-07-01T22:30:00Z') },
      'Replaces the structure set sent 2026-07-02 00:30: the series has changed since.',
    ],
  ])('tells of %s', (_, facts, sentence) => {
    expect(remarksOf({ ...FACTS, ...facts }).slice(2)).toEqual([sentence]);
  });

  it('does not tell that the body outline ends with the scan: it always does', () => {
    expect(remarksOf({ ...FACTS, labels: [found('External', { cutByScanEnd: true })] })).toHaveLength(2);
  });
});
