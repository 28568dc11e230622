/** What the hub believes of a child, and what it does not. */
import { parseChildMessage } from './child-messages';

const LABEL = {
  name: 'Brain',
  file: 'label-0.bits',
  sha256: 'a'.repeat(64),
  voxelCount: 3,
  volumeMl: 0.1,
  empty: false,
  cutByScanEnd: true,
};
const STAGE = { stage: 'decode', durationMs: 12 };
const OUTCOME = { kind: 'infer', labels: [LABEL], executionProvider: 'cpu', stages: [STAGE], peakRssMiB: 100 };
const done = (outcome: object) => ({ type: 'done', outcome });

describe('parseChildMessage', () => {
  it.each([
    [{ type: 'ready' }],
    [{ type: 'stage', stage: STAGE }],
    [{ type: 'failed', code: 'OUTPUT_UNUSABLE', message: '"Brain" is empty' }],
    [done(OUTCOME)],
    [done({ ...OUTCOME, warnings: [{ label: 'Lungs', warning: 'noTwoSides' }] })],
    [done({ kind: 'inspectNetworks', networks: [{ name: 'a', inputNames: [], outputNames: [], problems: [] }] })],
  ])('takes %j', (message) => {
    expect(parseChildMessage(message)).toEqual(message);
  });

  it.each([
    [null],
    ['ready'],
    [{ type: 'READY' }],
    [{ type: 'stage', stage: { stage: 'coffee', durationMs: 1 } }],
    [{ type: 'stage', stage: { stage: 'decode', durationMs: -1 } }],
    [{ type: 'failed', code: 'toString', message: '' }],
    [done({ ...OUTCOME, executionProvider: 'quantum' })],
    [done({ ...OUTCOME, peakRssMiB: NaN })],
    [done({ ...OUTCOME, labels: [{ ...LABEL, file: '../label-0.bits' }] })],
    [done({ ...OUTCOME, labels: [{ ...LABEL, sha256: 'A'.repeat(64) }] })],
    [done({ ...OUTCOME, labels: [{ ...LABEL, voxelCount: Infinity }] })],
    [done({ ...OUTCOME, warnings: [{ label: 'Lungs', warning: 'see C:\\patients\\anders' }] })],
    [done({ kind: 'imageFacts', facts: { lungVolumeMl: 3 }, stages: [] })],
  ])('takes %j for none of ours', (message) => {
    expect(parseChildMessage(message)).toBeUndefined();
  });

  it('cuts a long message', () => {
    const parsed = parseChildMessage({ type: 'failed', code: 'INTERNAL', message: 'x'.repeat(10_000) });
    expect(parsed).toMatchObject({ message: 'x'.repeat(500) });
  });
});
