import { table } from './table';

it('aligns numbers to the right and shows what is missing as a dash', () => {
  const rows = [
    { roi: 'Lung_L', volumeMl: 1834.2 as number | null },
    { roi: 'Bone', volumeMl: null },
  ];
  const text = table(rows, [
    { title: 'ROI', value: ({ roi }) => roi },
    { title: 'ml', value: ({ volumeMl }) => volumeMl, align: 'right' },
  ]);
  expect(text.split('\n')).toEqual(['ROI         ml', '------  ------', 'Lung_L  1834.2', 'Bone         -']);
});
