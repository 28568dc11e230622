import type { ContentConcern } from '@modelbank/dicom';
import { judgeContent } from './judge-content';
import type { ContentVerdict } from './judge-content';

const judge = (...concerns: ContentConcern[]) =>
  judgeContent({ differences: concerns.map((concern, index) => ({ attribute: `A${index}`, concern })) });

describe('an object under a taken UID', () => {
  it.each<[string, ContentConcern[], Partial<ContentVerdict>]>([
    ['without a difference', [], { kind: 'duplicate', descriptive: [] }],
    ['described otherwise', ['descriptive', 'descriptive'], { kind: 'duplicate', descriptive: ['A0', 'A1'] }],
    ['with other content', ['content', 'descriptive'], { kind: 'revision' }],
    ['with other pixels', ['pixels', 'descriptive'], { kind: 'quarantine', code: 'PIXELS_CHANGED' }],
    [
      'with another geometry and other pixels',
      ['geometry', 'pixels'],
      { kind: 'quarantine', code: 'GEOMETRY_CHANGED' },
    ],
    ['of another study', ['pixels', 'study'], { kind: 'quarantine', code: 'STUDY_CHANGED' }],
    ['of another patient', ['content', 'study', 'patient'], { kind: 'quarantine', code: 'PATIENT_CHANGED' }],
  ])('%s', (_, concerns, verdict) => expect(judge(...concerns)).toMatchObject(verdict));

  it('is told with everything grave that differs', () => {
    expect(judge('pixels', 'patient', 'descriptive')).toMatchObject({ sentence: 'another patient and other pixels' });
  });
});
