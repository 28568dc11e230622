import * as fc from 'fast-check';
import { jobKey } from './job-key';
import type { JobKeyParts } from './job-key';

const parts: JobKeyParts = {
  centreId: 'odense',
  inputs: [
    { role: 'ct', sopInstanceUid: '1.2.3', contentSha256: 'aa' },
    { role: 'ct', sopInstanceUid: '1.2.4', contentSha256: 'bb' },
  ],
  packageDigest: 'dd',
  parameters: { side: 'left', dose: 50 },
  runNumber: 1,
};

describe('the job key', () => {
  it('does not depend on the order of inputs or parameters', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...parts.inputs], { minLength: 2 }), (inputs) => {
        const swapped = { dose: 50, side: 'left' };
        expect(jobKey({ ...parts, inputs, parameters: swapped })).toBe(jobKey(parts));
      }),
    );
  });

  it.each<[string, Partial<JobKeyParts>]>([
    ['centre', { centreId: 'aarhus' }],
    ['content of an input', { inputs: [parts.inputs[0], { ...parts.inputs[1], contentSha256: 'bc' }] }],
    ['role of an input', { inputs: [parts.inputs[0], { ...parts.inputs[1], role: 'prior' }] }],
    ['package', { packageDigest: 'de' }],
    ['parameters', { parameters: { side: 'right', dose: 50 } }],
    ['run number', { runNumber: 2 }],
  ])('changes with the %s', (_what, change) => {
    expect(jobKey({ ...parts, ...change })).not.toBe(jobKey(parts));
  });
});
