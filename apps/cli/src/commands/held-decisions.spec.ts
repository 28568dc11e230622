import { decisionLines } from './held-decisions';

const DISCARD = 'discard: bin/modelbank held discard h1 --why "..."';
const RELEASE = 'release: bin/modelbank held release h1';
const ONLY = 'this cannot be released, only discarded';
const two = { options: ['a', 'b'], names: { a: 'lungs 1.0.0', b: 'chest 2.0.0' } };

it.each<[string, string, Record<string, unknown> | null, string[]]>([
  ['series', 'GAP', null, [`${RELEASE} --why "..."`, DISCARD]],
  ['series', 'GANTRY_TILT', null, [ONLY, DISCARD]],
  ['series', 'POSITION_CONTRADICTS_ORIENTATION', null, [`${RELEASE} --why "..."`, DISCARD]],
  ['series', 'RESCALE_UNUSABLE', null, [ONLY, DISCARD]],
  ['revision', 'PIXELS_CHANGED', null, [ONLY, DISCARD]],
  ['instance', 'REFERENCED_IMAGES_MISSING', null, [`${RELEASE} --why "..."`, DISCARD]],
  ['instance', 'ENHANCED_CT', null, [ONLY, DISCARD]],
  ['job', 'INFERENCE_FAILED', null, [`${RELEASE} --why "..."`, DISCARD]],
  [
    'selection',
    'TASK_CONTESTED',
    two,
    [`${RELEASE} --choose a --why "..."   # lungs 1.0.0`, `${RELEASE} --choose b --why "..."   # chest 2.0.0`, DISCARD],
  ],
  ['selection', 'PARAMETER_MISSING', { options: ['side'] }, [`${RELEASE} --parameter side=VALUE --why "..."`, DISCARD]],
])('%s held for %s', (kind, code, details, lines) => {
  expect(decisionLines({ id: 'h1', kind, code, state: 'held', details })).toEqual(lines);
  expect(decisionLines({ id: 'h1', kind, code, state: 'released', details })).toEqual([]);
});
