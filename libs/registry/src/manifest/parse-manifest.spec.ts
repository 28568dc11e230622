import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_MANIFEST } from './example-manifest';
import { IMAGE_FACT_NAMES } from './manifest';
import { ManifestError } from './manifest-problem';
import { parseManifest, readManifest } from './parse-manifest';

/** Problems of the example with one text exchanged for another. */
function problemsWith(before: string, after: string) {
  expect(EXAMPLE_MANIFEST).toContain(before);
  return problemsOf(EXAMPLE_MANIFEST.replace(before, after));
}

function problemsOf(text: string) {
  try {
    parseManifest(text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ManifestError);
    return (thrown as ManifestError).problems;
  }
  return [];
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

describe('parseManifest', () => {
  it('reads the example, fills in the defaults and freezes it', () => {
    const manifest = parseManifest(EXAMPLE_MANIFEST);
    expect(manifest.inputs[0].applicability.bodyParts).toEqual({ anyOf: ['CHEST'], orMissing: true });
    expect(manifest.preprocessing.intensity[1]).toEqual({
      type: 'scale',
      fromMin: -1000,
      fromMax: 400,
      toMin: 0,
      toMax: 1,
    });
    expect(manifest.inference.ensemble).toBe('mean');
    expect(Object.isFrozen(manifest.labels[0].color)).toBe(true);
  });

  it('leaves out what has a default', () => {
    const text = EXAMPLE_MANIFEST.replace(/parameters:\n( .*\n)+/, '').replace(/ {2}intensity:\n( {4}.*\n)+/, '');
    expect(parseManifest(text)).toMatchObject({ parameters: [], preprocessing: { intensity: [] } });
  });

  it.each([
    ['task: lung-contouring', 'tasks: lung-contouring', 'tasks', 'unknown key'],
    ['task: lung-contouring', 'task: Lung Contouring', 'task', 'lower-case words'],
    ['version: 1.2.0', 'version: 1.2', 'version', 'semantic version'],
    ['manifestVersion: 1', 'manifestVersion: 2', 'manifestVersion', 'must be one of 1'],
    ['title: Lungs on chest CT', 'title:', 'title', 'has no value'],
    ['contact: ai@example.org', 'contact: 12', 'owner.contact', 'must be text'],
    ['slices: { min: 30 }', 'slices: { min: many }', 'inputs[0].applicability.slices.min', 'must be a number'],
    [
      'slices: { min: 30 }',
      'slices: { minimum: 30 }',
      'inputs[0].applicability.slices.minimum',
      'known here: min, max',
    ],
    ['slices: { min: 30 }', 'slices: 30', 'inputs[0].applicability.slices', 'block of keys'],
    ['{ min: 0.5, max: 5 }', '{ min: 5, max: 0.5 }', 'inputs[0].applicability.sliceSpacingMm', 'exchange them'],
    ['anyOf: [CHEST]', 'anyOf: [CHST]', 'inputs[0].applicability.bodyParts.anyOf[0]', 'CHEST'],
    ['[CTImageStorage]', '[CTStorage]', 'inputs[0].applicability.sopClasses[0]', 'no storage SOP class'],
    ['orientations: [axial]', 'orientations: [axail]', 'inputs[0].applicability.orientations', 'axial, coronal'],
    ['patientPositions: [HFS, FFS]', 'patientPositions: HFS', 'inputs[0].applicability.patientPositions', 'a list'],
    ["'^RT\\b'", "'(a+)+'", 'inputs[0].applicability.descriptions.anyOf[1]', 'repeats a group'],
    ['lungVolumeMl: { min', 'lungVolume: { min', 'inputs[0].applicability.image.lungVolume', 'unknown key'],
    ['by: kernel', 'by: kernal', 'inputs[0].ranking[1].by', 'imageType, kernel, phase'],
    ['closestTo: 2', 'closestTo: 2, prefer: [x]', 'inputs[0].ranking[2].prefer', 'unknown key'],
    ['default: none', 'default: both', 'parameters[0].default', 'one of left, right, none'],
    ['values: [left, right, none]', 'values: []', 'parameters[0].values', 'a list of 1 to'],
    ['orientation: LPS', 'orientation: LRS', 'preprocessing.orientation', 'one of A/P'],
    ['spacingMm: [2, 2, 2]', 'spacingMm: [2, 2]', 'preprocessing.spacingMm', 'three numbers'],
    ['type: window, min: -1000', 'type: window, min: 900', 'preprocessing.intensity[0]', 'below max'],
    ['type: window', 'type: clip', 'preprocessing.intensity[0].type', 'window, scale, zScore, quantiles'],
    ['file: model.onnx', 'file: ../model.onnx', 'networks[0].file', 'inside the package'],
    ['file: model.onnx', 'file: /etc/model.onnx', 'networks[0].file', 'inside the package'],
    ['mode: slidingWindow', 'mode: whole', 'inference.window', 'slidingWindow only'],
    ['  window: [96, 96, 96]\n', '', 'inference.window', 'is missing'],
    ['overlap: 0.5', 'overlap: 0.8', 'inference.overlap', '0 to 0.75'],
    ['channel: 1 }', 'channel: 2 }', 'labels[0].source.channel', 'must be 0 to 1'],
    ['source: { type: argmax, channel: 1 }', 'mayBeEmpty: false', 'labels[0].source', 'give one'],
    ['name: Lung_R', 'name: lung_l', 'labels[2].name', 'repeats labels[1].name'],
    ['color: [0, 200, 255]', 'color: [0, 200, 256]', 'labels[1].color', '0 to 255'],
    ['color: [0, 200, 255]', 'color: "#00c8ff"', 'labels[1].color', 'red, green and blue'],
    ['interpretedType: ORGAN', 'interpretedType: LUNG', 'labels[0].interpretedType', 'EXTERNAL'],
    ['left: Lung_L', 'left: Lung_Left', 'postprocessing[1].left', 'is no label'],
    ['label: Lungs, count', 'label: Lung_L, count', 'postprocessing[0].label', 'made by a later step'],
    ['right: Lung_R', 'right: Lungs', 'postprocessing[1]', 'the same label twice'],
    ['timeoutSeconds: 600', 'timeoutSeconds: 0', 'limits.timeoutSeconds', '1 to 7200'],
    ['memoryMiB: 4096', 'memoryMiB: .inf', 'limits.memoryMiB', 'whole number'],
  ])('refuses %s -> %s at %s', (before, after, path, message) => {
    const problem = problemsWith(before, after).find((candidate) => candidate.path === path);
    expect(problem?.message).toContain(message);
  });

  it.each([
    ['manifestVersion: 2', 'manifestVersion: 1'],
    ['axes: yzx', 'axes: zyx'],
    ['{ step: shrink, label: Lung_L, ml: 10 }', '{ step: minimumVolume, label: Lung_L, ml: 10 }'],
  ])('names the line of %s', (after, before) => {
    const problems = problemsWith(before, after);
    expect(problems).toHaveLength(1);
    expect(problems[0].line).toBe(lineOf(EXAMPLE_MANIFEST, before));
  });

  it('names the line of the block in which a key is missing', () => {
    const problems = problemsWith('    axes: zyx\n', '');
    expect(problems).toEqual([
      {
        path: 'networks[0].axes',
        line: lineOf(EXAMPLE_MANIFEST, '- name: lungs'),
        message: expect.stringContaining('is missing'),
      },
    ]);
  });

  it('names every problem at once, in line order', () => {
    const text = EXAMPLE_MANIFEST.replace('dmcg: DAHANCA', 'dmgc: DAHANCA').replace('axes: zyx', 'axes: xzy');
    expect(problemsOf(text).map(({ path }) => path)).toEqual(['dmcg', 'dmgc', 'networks[0].axes']);
  });

  it.each([
    ['id: &a example-lungs', 'an anchor'],
    ['id: *a', 'alias'],
    ['id: !!str example-lungs', 'a tag'],
    ['id: example-lungs\nid: other', 'not valid YAML'],
    ['id: "example-lungs', 'not valid YAML'],
    ['__proto__: { id: x }\nid: example-lungs', 'not allowed'],
  ])('refuses what is not plain YAML: %s', (after, message) => {
    expect(problemsWith('id: example-lungs', after)[0].message).toContain(message);
  });

  it.each(['', 'text', '[1, 2]', '1', 'null'])('refuses the document %p', (text) => {
    expect(problemsOf(text)[0]).toMatchObject({ path: '', line: 1 });
  });

  it('refuses a document of more than 256 Ki characters before parsing it', () => {
    expect(problemsOf('a'.repeat(300_000))[0].message).toContain('shorten it');
  });

  it('warns of names that old planning systems cut, and refuses those that DICOM forbids', () => {
    const long = EXAMPLE_MANIFEST.replaceAll('Lung_L', 'Lung_L_upper_lobe_s');
    expect(readManifest(long).warnings.filter(({ path }) => path !== 'parameters')).toEqual([
      expect.objectContaining({ path: 'labels[1].name', line: lineOf(long, 'name: Lung_L_upper') }),
    ]);
    expect(problemsOf(EXAMPLE_MANIFEST.replaceAll('Lung_L', 'L'.repeat(65)))[0].message).toContain('DICOM allows 64');
    expect(problemsOf(EXAMPLE_MANIFEST.replaceAll('Lung_L', 'L'.repeat(64)))).toEqual([]);
  });

  it('warns that nothing of a run reads the parameters', () => {
    const told = { path: 'parameters', line: lineOf(EXAMPLE_MANIFEST, 'parameters:') };
    expect(readManifest(EXAMPLE_MANIFEST).warnings).toEqual([expect.objectContaining(told)]);
    const without = EXAMPLE_MANIFEST.replace(/parameters:\n( .*\n)+/, '');
    expect(readManifest(without).warnings).toEqual([]);
  });

  it('is what docs/model-packages.md shows', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/model-packages.md'), 'utf8');
    expect(/<!-- example -->\s*```yaml\n([^]*?)```/.exec(page)?.[1]).toBe(EXAMPLE_MANIFEST);
  });

  it('knows a range for every image fact', () => {
    for (const name of IMAGE_FACT_NAMES) {
      expect(problemsWith('lungVolumeMl: { min: 500 }', `${name}: { min: 1 }`)).toEqual([]);
    }
  });
});
