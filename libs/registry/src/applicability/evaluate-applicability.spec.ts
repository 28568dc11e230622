import { EXAMPLE_MANIFEST } from '../manifest/example-manifest';
import type { Applicability, ModelManifest } from '../manifest/manifest';
import { parseManifest } from '../manifest/parse-manifest';
import {
  applies,
  evaluateApplicability,
  missesCompressionOnly,
  needsImageFacts,
  waitsForImageFacts,
} from './evaluate-applicability';
import type { ObservedGrid, ObservedHeaders, ObservedRole } from './observed';

const EXAMPLE = parseManifest(EXAMPLE_MANIFEST);
const FACTS = {
  bodyWidthMm: 400,
  bodyDepthMm: 250,
  bodyCrossSectionCm2: 700,
  airAroundBodyFraction: 0.4,
  lungVolumeMl: 4000,
  boneFraction: 0.1,
  boneFractionCranialThird: 0.1,
  boneFractionMiddleThird: 0.1,
  boneFractionCaudalThird: 0.1,
};
const HEADERS: ObservedHeaders = {
  sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'],
  modality: 'CT',
  imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  bodyPart: 'CHEST',
  patientPosition: 'HFS',
  contrast: false,
  irreversiblyCompressed: false,
  sex: 'F',
  ageYears: 60,
};
const GRID: ObservedGrid = {
  slices: 100,
  sliceSpacingMm: { min: 3, max: 3 },
  pixelSpacingMm: { min: 1, max: 1 },
  extentMm: { leftRight: 500, anteriorPosterior: 400, craniocaudal: 300 },
  orientation: 'axial',
};
const CHEST: ObservedRole = { headers: HEADERS, grid: GRID, descriptions: ['RT thorax'], imageFacts: FACTS };

function manifestWith(applicability: Applicability): ModelManifest {
  return { ...EXAMPLE, inputs: [{ role: 'ct', kind: 'series', applicability }] };
}

/** The result of the one criterion that the rules declare (or of the one named). */
function judged(applicability: Applicability, role: Partial<ObservedRole> = {}, key = Object.keys(applicability)[0]) {
  const criteria = evaluateApplicability(manifestWith(applicability), { ct: { ...CHEST, ...role } });
  return criteria.find(({ criterion }) => `${criterion}.`.startsWith(`inputs.ct.applicability.${key}.`));
}
const headers = (changes: Partial<ObservedHeaders>) => ({ headers: { ...HEADERS, ...changes } });
const grid = (changes: Partial<ObservedGrid>) => ({ grid: { ...GRID, ...changes } });

describe('evaluateApplicability', () => {
  it('lists every criterion of the example and finds all of them met on a chest CT', () => {
    const criteria = evaluateApplicability(EXAMPLE, { ct: CHEST });
    expect(criteria.map(({ criterion }) => criterion.replace('inputs.ct.applicability.', ''))).toEqual([
      'inputs',
      'imageType',
      'compression',
      'sopClasses',
      'modalities',
      'bodyParts',
      'patientPositions',
      'ageYears',
      'descriptions.anyOf',
      'descriptions.noneOf',
      'sliceSpacingMm',
      'pixelSpacingMm',
      'slices',
      'extentMm.craniocaudal',
      'orientations',
      'image.lungVolumeMl',
    ]);
    expect(applies(criteria)).toBe(true);
  });

  it.each<[string, Applicability, Partial<ObservedRole>, string, string]>([
    ['spacing at the lower end', { sliceSpacingMm: { min: 3, max: 5 } }, {}, 'met', '3 mm'],
    ['spacing at the upper end', { sliceSpacingMm: { min: 1, max: 3 } }, {}, 'met', '3 mm'],
    ['spacing above by what is shown', { sliceSpacingMm: { max: 2.999 } }, {}, 'notMet', '3 mm'],
    [
      'spacing above by rounding only',
      { sliceSpacingMm: { max: 3 } },
      grid({ sliceSpacingMm: { min: 2.9998, max: 3.0004 } }),
      'met',
      '3 mm',
    ],
    [
      'one wide slice distance',
      { sliceSpacingMm: { max: 3 } },
      grid({ sliceSpacingMm: { min: 3, max: 3.01 } }),
      'notMet',
      '3 to 3.01 mm',
    ],
    ['no slice distance', { sliceSpacingMm: { max: 3 } }, grid({ sliceSpacingMm: undefined }), 'unknown', 'not known'],
    ['no grid', { slices: { min: 1 } }, { grid: undefined }, 'unknown', 'not known'],
    ['pixels at the end', { pixelSpacingMm: { max: 1 } }, {}, 'met', '1 mm'],
    [
      'pixels wider one way',
      { pixelSpacingMm: { max: 1 } },
      grid({ pixelSpacingMm: { min: 1, max: 1.2 } }),
      'notMet',
      '1 to 1.2 mm',
    ],
    ['as many slices', { slices: { min: 100, max: 100 } }, {}, 'met', '100'],
    ['one slice too few', { slices: { min: 101 } }, {}, 'notMet', '100'],
    ['one slice too many', { slices: { max: 99 } }, {}, 'notMet', '100'],
    ['extent at the end', { extentMm: { craniocaudal: { min: 300 } } }, {}, 'met', '300 mm'],
    ['extent below', { extentMm: { craniocaudal: { min: 300.1 } } }, {}, 'notMet', '300 mm'],
    ['extent left to right', { extentMm: { leftRight: { max: 499 } } }, {}, 'notMet', '500 mm'],
    ['extent front to back', { extentMm: { anteriorPosterior: { max: 400 } } }, {}, 'met', '400 mm'],
    ['orientation', { orientations: ['coronal', 'axial'] }, {}, 'met', 'axial'],
    ['other orientation', { orientations: ['axial'] }, grid({ orientation: 'oblique' }), 'notMet', 'oblique'],
    ['SOP class by name', { sopClasses: ['CTImageStorage'] }, {}, 'met', 'CTImageStorage'],
    ['SOP class by UID', { sopClasses: ['1.2.840.10008.5.1.4.1.1.2'] }, {}, 'met', 'CTImageStorage'],
    [
      'one instance of another SOP class',
      { sopClasses: ['CTImageStorage'] },
      headers({ sopClassUids: ['1.2.840.10008.5.1.4.1.1.2', '1.2.3'] }),
      'notMet',
      'CTImageStorage, 1.2.3',
    ],
    ['modality', { modalities: ['MR', 'CT'] }, {}, 'met', 'CT'],
    ['other modality', { modalities: ['MR'] }, {}, 'notMet', 'CT'],
    ['body part', { bodyParts: { anyOf: ['chest'] } }, {}, 'met', 'CHEST'],
    ['body part by a synonym', { bodyParts: { anyOf: ['Thorax'] } }, {}, 'met', 'CHEST'],
    ['other body part', { bodyParts: { anyOf: ['HEAD'], orMissing: true } }, {}, 'notMet', 'CHEST'],
    ['no body part', { bodyParts: { anyOf: ['HEAD'] } }, headers({ bodyPart: undefined }), 'unknown', 'not known'],
    [
      'no body part, allowed',
      { bodyParts: { anyOf: ['HEAD'], orMissing: true } },
      headers({ bodyPart: undefined }),
      'met',
      'not stated',
    ],
    ['position', { patientPositions: ['HFS'] }, {}, 'met', 'HFS'],
    ['other position', { patientPositions: ['HFS'] }, headers({ patientPosition: 'HFP' }), 'notMet', 'HFP'],
    ['no position', { patientPositions: ['HFS'] }, headers({ patientPosition: undefined }), 'unknown', 'not known'],
    ['contrast required', { contrast: 'required' }, {}, 'notMet', 'without contrast'],
    ['contrast excluded', { contrast: 'excluded' }, {}, 'met', 'without contrast'],
    ['contrast there', { contrast: 'required' }, headers({ contrast: true }), 'met', 'with contrast'],
    ['sex', { sex: ['F'] }, {}, 'met', 'F'],
    ['other sex', { sex: ['M', 'O'] }, {}, 'notMet', 'F'],
    ['no sex', { sex: ['F'] }, headers({ sex: undefined }), 'unknown', 'not known'],
    ['age at the end', { ageYears: { min: 60 } }, {}, 'met', '60 years'],
    ['age below', { ageYears: { min: 61 } }, {}, 'notMet', '60 years'],
    ['no age', { ageYears: { min: 18 } }, headers({ ageYears: undefined }), 'unknown', 'not known'],
    [
      'no age, allowed',
      { ageYears: { min: 18, orMissing: true } },
      headers({ ageYears: undefined }),
      'met',
      'not stated',
    ],
    ['too young although missing is allowed', { ageYears: { min: 61, orMissing: true } }, {}, 'notMet', '60 years'],
    ['fact at the end', { image: { lungVolumeMl: { min: 4000 } } }, {}, 'met', '4000 ml'],
    ['fact below', { image: { lungVolumeMl: { min: 4000.01 } } }, {}, 'notMet', '4000 ml'],
    [
      'fact not measured',
      { image: { boneFraction: { max: 1 } } },
      { imageFacts: undefined },
      'unknown',
      'not measured',
    ],
    [
      'fact that is not a number',
      { image: { boneFraction: { max: 1 } } },
      { imageFacts: { ...FACTS, boneFraction: NaN } },
      'unknown',
      'not known',
    ],
    ['pattern', { descriptions: { anyOf: ['head', 'thorax'] } }, {}, 'met', 'matches /thorax/'],
    ['no pattern', { descriptions: { anyOf: ['head'] } }, {}, 'notMet', 'none matches'],
    ['no description', { descriptions: { anyOf: ['head'] } }, { descriptions: [] }, 'unknown', 'no description'],
    ['refusing pattern', { descriptions: { noneOf: ['^rt'] } }, {}, 'notMet', 'matches /^rt/'],
    [
      'refusing pattern, no description',
      { descriptions: { noneOf: ['x'] } },
      { descriptions: [] },
      'met',
      'none matches',
    ],
  ])('%s', (_, applicability, role, outcome, observed) => {
    expect(judged(applicability, role)).toMatchObject({ outcome, observed });
  });

  it.each<[string[], Applicability, string, 'met' | 'notMet']>([
    [['ORIGINAL', 'PRIMARY', 'AXIAL'], {}, 'CT', 'met'],
    [[], {}, 'CT', 'met'],
    [['ORIGINAL', 'PRIMARY', 'LOCALIZER'], {}, 'CT', 'notMet'],
    [['ORIGINAL', 'PRIMARY', 'LOCALIZER'], { acceptsDerived: true }, 'CT', 'notMet'],
    [['DERIVED', 'PRIMARY', 'AXIAL'], {}, 'CT', 'notMet'],
    [['ORIGINAL', 'SECONDARY', 'AXIAL'], {}, 'CT', 'notMet'],
    [['DERIVED', 'SECONDARY', 'AXIAL'], { acceptsDerived: true }, 'CT', 'met'],
    [['DERIVED', 'SECONDARY', 'MPR'], { acceptsDerived: true }, 'CT', 'notMet'],
    [['DERIVED', 'SECONDARY', 'MIP'], { acceptsDerived: true }, 'CT', 'notMet'],
    [['DERIVED', 'PRIMARY'], {}, 'MG', 'met'],
    [['DERIVED', 'SECONDARY'], {}, 'MG', 'notMet'],
  ])('image type %p with %p of %s: %s', (imageType, applicability, modality, outcome) => {
    expect(judged(applicability, headers({ imageType, modality }), 'imageType')?.outcome).toBe(outcome);
  });

  it.each<[boolean, Applicability, string]>([
    [false, {}, 'met'],
    [true, {}, 'notMet'],
    [true, { acceptsIrreversibleCompression: false }, 'notMet'],
    [true, { acceptsIrreversibleCompression: true }, 'met'],
  ])('irreversible compression %p with %p: %s', (irreversiblyCompressed, applicability, outcome) => {
    expect(judged(applicability, headers({ irreversiblyCompressed }), 'compression')).toMatchObject({
      outcome,
      observed: irreversiblyCompressed ? 'irreversibly compressed' : 'not irreversibly compressed',
    });
  });

  it('tells whether irreversible compression is all that stands against a version', () => {
    const compressed = { ...CHEST, ...headers({ irreversiblyCompressed: true }) };
    const misses = (role: ObservedRole) => missesCompressionOnly(evaluateApplicability(EXAMPLE, { ct: role }));
    expect(misses(compressed)).toBe(true);
    expect(misses({ ...compressed, imageFacts: undefined })).toBe(true);
    expect(misses({ ...compressed, grid: undefined })).toBe(false);
    expect(misses(CHEST)).toBe(false);
    expect(misses({ ...CHEST, imageFacts: undefined })).toBe(false);
  });

  it('never repeats a description', () => {
    const secret = 'Nancy Ann Test 010203-1234';
    const criteria = evaluateApplicability(EXAMPLE, { ct: { ...CHEST, descriptions: [`RT ${secret}`] } });
    expect(JSON.stringify(criteria)).not.toMatch(/Nancy|0102/);
  });

  it('lists the criteria of a role that is not there, and refuses a role that nothing reads', () => {
    const absent = evaluateApplicability(EXAMPLE, {});
    expect(absent).toHaveLength(16);
    expect(new Set(absent.slice(1).map(({ observed }) => observed))).toEqual(new Set(['no such input']));
    expect(applies(absent)).toBe(false);
    expect(applies(evaluateApplicability(manifestWith({}), { ct: CHEST, prior: CHEST }))).toBe(false);
  });

  it('tells whether image facts are asked for and whether they are all that is open', () => {
    const unmeasured = { ...CHEST, imageFacts: undefined };
    expect(needsImageFacts(EXAMPLE)).toBe(true);
    expect(needsImageFacts(manifestWith({ image: {} }))).toBe(false);
    expect(waitsForImageFacts(evaluateApplicability(EXAMPLE, { ct: unmeasured }))).toBe(true);
    expect(waitsForImageFacts(evaluateApplicability(EXAMPLE, { ct: { ...unmeasured, grid: undefined } }))).toBe(false);
    expect(waitsForImageFacts(evaluateApplicability(EXAMPLE, { ct: CHEST }))).toBe(false);
  });
});
