/** Every criterion of one role against what was observed of it, in the order in which docs/model-packages.md explains them. */
import { bodyPartOf, findSopClass } from '@modelbank/dicom';
import { IMAGE_FACT_NAMES } from '../manifest/manifest';
import type { Applicability, ImageFactName } from '../manifest/manifest';
import { descriptionMatcher } from '../manifest/safe-pattern';
import { allowMissing, judgeRange, judgeWord, judgeWords } from './compare';
import type { Judgement } from './compare';
import { COMPRESSION_KEY, judgeCompression } from './compression';
import type { ObservedRole } from './observed';
import { judgeOriginalImages } from './original-images';

/** Key below `applicability` (dots for nested keys) with its judgement. */
export type NamedJudgement = readonly [key: string, judgement: Judgement];

export function judgeRole(rules: Applicability, role: ObservedRole): NamedJudgement[] {
  return [
    ...judgeHeaders(rules, role),
    ...judgeDescriptions(rules, role),
    ...judgeGrid(rules, role),
    ...judgeFacts(rules, role),
  ];
}

function judgeHeaders(rules: Applicability, { headers }: ObservedRole): NamedJudgement[] {
  const judged: NamedJudgement[] = [
    ['imageType', judgeOriginalImages(headers, rules.acceptsDerived)],
    [COMPRESSION_KEY, judgeCompression(headers, rules.acceptsIrreversibleCompression)],
  ];
  const add = (key: string, judgement: Judgement) => judged.push([key, judgement]);
  if (rules.sopClasses !== undefined) {
    add('sopClasses', judgeWords(rules.sopClasses.map(sopClassName), headers.sopClassUids.map(sopClassName)));
  }
  if (rules.modalities !== undefined) add('modalities', judgeWord(rules.modalities, headers.modality));
  if (rules.bodyParts !== undefined) {
    add('bodyParts', judgeBodyPart(rules.bodyParts, headers.bodyPart));
  }
  if (rules.patientPositions !== undefined) {
    add('patientPositions', judgeWord(rules.patientPositions, headers.patientPosition));
  }
  if (rules.contrast !== undefined) add('contrast', judgeContrast(rules.contrast, headers.contrast));
  if (rules.sex !== undefined) add('sex', judgeWord(rules.sex, headers.sex));
  if (rules.ageYears !== undefined) {
    add('ageYears', allowMissing(judgeRange(rules.ageYears, 'years', headers.ageYears), rules.ageYears.orMissing));
  }
  return judged;
}

/** Names of the DICOM dictionary are shown; a class that we have no name for stays a UID. */
function sopClassName(nameOrUid: string): string {
  return findSopClass(nameOrUid)?.keyword ?? nameOrUid;
}

/** Synonyms and spellings are one region, as for the header's own value. */
function bodyPartName(text: string): string {
  return bodyPartOf(text) ?? text;
}

function judgeBodyPart({ anyOf, orMissing }: BodyParts, observed: string | undefined): Judgement {
  return allowMissing(judgeWord([...new Set(anyOf.map(bodyPartName))], observed), orMissing);
}
type BodyParts = NonNullable<Applicability['bodyParts']>;

function judgeContrast(rule: 'required' | 'excluded', contrast: boolean): Judgement {
  return {
    required: rule === 'required' ? 'with contrast' : 'without contrast',
    observed: contrast ? 'with contrast' : 'without contrast',
    outcome: contrast === (rule === 'required') ? 'met' : 'notMet',
  };
}

/** Says which pattern matched, never the text. */
function judgeDescriptions({ descriptions: rules }: Applicability, { descriptions }: ObservedRole): NamedJudgement[] {
  const judged: NamedJudgement[] = [];
  const matching = (patterns: readonly string[]) =>
    patterns.filter((pattern) => descriptions.some(descriptionMatcher(pattern)));
  if (rules?.anyOf !== undefined) {
    const [first] = matching(rules.anyOf);
    const missing = descriptions.length === 0;
    judged.push([
      'descriptions.anyOf',
      {
        required: `one of the patterns ${listed(rules.anyOf)}`,
        observed: first !== undefined ? `matches ${listed([first])}` : missing ? 'no description' : 'none matches',
        outcome: first !== undefined ? 'met' : missing ? 'unknown' : 'notMet',
      },
    ]);
  }
  if (rules?.noneOf !== undefined) {
    const [first] = matching(rules.noneOf);
    judged.push([
      'descriptions.noneOf',
      {
        required: `none of the patterns ${listed(rules.noneOf)}`,
        observed: first === undefined ? 'none matches' : `matches ${listed([first])}`,
        outcome: first === undefined ? 'met' : 'notMet',
      },
    ]);
  }
  return judged;
}

function listed(patterns: readonly string[]): string {
  return patterns.map((pattern) => `/${pattern}/`).join(', ');
}

function judgeGrid(rules: Applicability, { grid }: ObservedRole): NamedJudgement[] {
  const judged: NamedJudgement[] = [];
  if (rules.sliceSpacingMm !== undefined) {
    judged.push(['sliceSpacingMm', judgeRange(rules.sliceSpacingMm, 'mm', grid?.sliceSpacingMm)]);
  }
  if (rules.pixelSpacingMm !== undefined) {
    judged.push(['pixelSpacingMm', judgeRange(rules.pixelSpacingMm, 'mm', grid?.pixelSpacingMm)]);
  }
  if (rules.slices !== undefined) judged.push(['slices', judgeRange(rules.slices, '', grid?.slices)]);
  for (const axis of ['leftRight', 'anteriorPosterior', 'craniocaudal'] as const) {
    const range = rules.extentMm?.[axis];
    if (range !== undefined) judged.push([`extentMm.${axis}`, judgeRange(range, 'mm', grid?.extentMm[axis])]);
  }
  if (rules.orientations !== undefined) judged.push(['orientations', judgeWord(rules.orientations, grid?.orientation)]);
  return judged;
}

function judgeFacts({ image }: Applicability, { imageFacts }: ObservedRole): NamedJudgement[] {
  return IMAGE_FACT_NAMES.flatMap((name): NamedJudgement[] => {
    const range = image?.[name];
    if (range === undefined) return [];
    const judgement = judgeRange(range, UNITS[name], imageFacts?.[name]);
    // facts are measured only where all else is met
    return [[`image.${name}`, imageFacts === undefined ? { ...judgement, observed: 'not measured' } : judgement]];
  });
}

const UNITS: Readonly<Record<ImageFactName, string>> = {
  bodyWidthMm: 'mm',
  bodyDepthMm: 'mm',
  bodyCrossSectionCm2: 'cm2',
  airAroundBodyFraction: '',
  lungVolumeMl: 'ml',
  boneFraction: '',
  boneFractionCranialThird: '',
  boneFractionMiddleThird: '',
  boneFractionCaudalThird: '',
};
