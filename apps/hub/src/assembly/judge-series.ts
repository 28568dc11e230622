/**
 * What the instances of a series are together: one regular volume, nothing that a model reads, or something that a person
 * must look at. Pure, so that every rule is tested by a table; the numbers of the geometry are those of `GRID_TOLERANCES`.
 */
import type { Purpose } from '@modelbank/contracts';
import type { InstanceHeader } from '@modelbank/dicom';
import { gridFromSlices } from '@modelbank/geometry';
import type { Grid, GridProblemCode, GridTolerances } from '@modelbank/geometry';
import { contradictsPosition } from './patient-position';

/** A scout of two views, or a single slice, is no volume. */
export const MINIMUM_VOLUME_SLICES = 3;

export interface Slice {
  readonly instanceId: string;
  readonly studyInstanceUid: string;
  readonly patientKey: string | null;
  readonly purpose: Purpose;
  /** Text of the called AE's parameters, equal for equal parameters. */
  readonly parametersKey: string;
  readonly header: InstanceHeader;
}

export const SERIES_HOLD_CODES = [
  'MIXED_PATIENTS',
  'MIXED_STUDIES',
  'MIXED_PURPOSES',
  'MIXED_PARAMETERS',
  'PATIENT_ID_MISSING',
  'MULTI_FRAME',
  'RESCALE_UNUSABLE',
  'POSITION_CONTRADICTS_ORIENTATION',
  'MIXED_FRAMES_OF_REFERENCE',
  'FRAME_OF_REFERENCE_MISSING',
  'GEOMETRY_MISSING',
  'NOT_ORTHONORMAL',
  'MIXED_ORIENTATIONS',
  'MIXED_SIZES',
  'MIXED_PIXEL_SPACINGS',
  'TOO_FEW_SLICES',
  'GANTRY_TILT',
  'DUPLICATE_POSITION',
  'GAP',
  'NON_UNIFORM_SPACING',
] as const;
export type SeriesHoldCode = (typeof SERIES_HOLD_CODES)[number];

export type SeriesVerdict =
  | { readonly kind: 'regular'; readonly grid: Grid; readonly memberIds: readonly string[] }
  | { readonly kind: 'notApplicable'; readonly code: 'LOCALIZER' | 'TOO_FEW_SLICES'; readonly sentence: string }
  | {
      readonly kind: 'irregular';
      readonly code: SeriesHoldCode;
      readonly sentence: string;
      readonly observed: Readonly<Record<string, number>>;
    };

const GRID_CODES: Readonly<Record<GridProblemCode, SeriesHoldCode>> = {
  missingGeometry: 'GEOMETRY_MISSING',
  nonOrthonormal: 'NOT_ORTHONORMAL',
  mixedOrientations: 'MIXED_ORIENTATIONS',
  mixedSizes: 'MIXED_SIZES',
  mixedSpacing: 'MIXED_PIXEL_SPACINGS',
  tooFewSlices: 'TOO_FEW_SLICES',
  gantryTilt: 'GANTRY_TILT',
  duplicatePosition: 'DUPLICATE_POSITION',
  gap: 'GAP',
  nonUniformSpacing: 'NON_UNIFORM_SPACING',
};

/** What a person may overrule: the volume is known, only its spacing or its sender's care is in doubt. */
export type Overruled = ReadonlySet<SeriesHoldCode>;
const NOTHING: Overruled = new Set();
/** A missing id is held first, a doubtful position next: whoever releases a spacing knows of both, but not the other way round. */
const ID: Overruled = new Set(['PATIENT_ID_MISSING']);
const POSITION_AND_ID: Overruled = new Set([...ID, 'POSITION_CONTRADICTS_ORIENTATION']);
const SPACING_AND_REST: Overruled = new Set([...POSITION_AND_ID, 'GAP', 'NON_UNIFORM_SPACING']);
const OVERRULED_BY: ReadonlyMap<string, Overruled> = new Map<SeriesHoldCode, Overruled>([
  ['GAP', SPACING_AND_REST],
  ['NON_UNIFORM_SPACING', SPACING_AND_REST],
  ['POSITION_CONTRADICTS_ORIENTATION', POSITION_AND_ID],
  ['PATIENT_ID_MISSING', ID],
]);
/** Zero times anything is one grey level: no organ is left to see (PS3.3 C.11.1.1.2). */
const RESCALE: ReadonlySet<string> = new Set(['RescaleSlope', 'RescaleIntercept']);
const ANY_SPACING: Partial<GridTolerances> = { spacingMm: Number.MAX_VALUE };

export function isLocalizer(header: InstanceHeader): boolean {
  return header.imageType.includes('LOCALIZER');
}

/** What a person who releases a series held for this code has seen and overrules; undefined where nothing may be. */
export function overruledBy(code: string): Overruled | undefined {
  return OVERRULED_BY.get(code);
}

/** `overruled`: a person said that it may be used in spite of these. */
export function judgeSeries(slices: readonly Slice[], overruled: Overruled = NOTHING): SeriesVerdict {
  const volume = slices.filter((slice) => !isLocalizer(slice.header));
  if (volume.length === 0) {
    return { kind: 'notApplicable', code: 'LOCALIZER', sentence: 'the series holds localizers only' };
  }
  if (volume.length < MINIMUM_VOLUME_SLICES) {
    const sentence = `a volume needs at least ${MINIMUM_VOLUME_SLICES} slices, there are ${volume.length}`;
    return { kind: 'notApplicable', code: 'TOO_FEW_SLICES', sentence };
  }
  return mixture(volume) ?? incompleteness(volume, overruled) ?? geometryOf(volume, overruled);
}

function irregular(
  code: SeriesHoldCode,
  sentence: string,
  observed: Readonly<Record<string, number>> = {},
): SeriesVerdict {
  return { kind: 'irregular', code, sentence, observed };
}

function mixture(slices: readonly Slice[]): SeriesVerdict | undefined {
  const questions: readonly [SeriesHoldCode, string, (slice: Slice) => string | undefined][] = [
    ['MIXED_PATIENTS', 'patients', (slice) => slice.patientKey ?? ''],
    ['MIXED_STUDIES', 'studies', (slice) => slice.studyInstanceUid],
    ['MIXED_PURPOSES', 'purposes', (slice) => slice.purpose],
    ['MIXED_PARAMETERS', 'sets of parameters', (slice) => slice.parametersKey],
    ['MIXED_FRAMES_OF_REFERENCE', 'frames of reference', (slice) => slice.header.frameOfReferenceUid],
  ];
  for (const [code, things, valueOf] of questions) {
    const count = new Set(slices.map(valueOf)).size;
    if (count > 1) return irregular(code, `the slices of one series belong to ${count} ${things}`, { count });
  }
  return undefined;
}

function incompleteness(slices: readonly Slice[], overruled: Overruled): SeriesVerdict | undefined {
  const [{ header, patientKey }] = slices;
  if (slices.some((slice) => (slice.header.numberOfFrames ?? 1) > 1)) {
    return irregular('MULTI_FRAME', 'an instance of a single-frame class holds several frames');
  }
  if (header.frameOfReferenceUid === undefined) {
    return irregular('FRAME_OF_REFERENCE_MISSING', 'the slices name no frame of reference');
  }
  const unusable = slices.filter((slice) => slice.header.unusable?.some((name) => RESCALE.has(name))).length;
  if (unusable > 0) {
    return irregular('RESCALE_UNUSABLE', `the rescale of ${unusable} slices is zero or no number`, { count: unusable });
  }
  if (patientKey === null && !overruled.has('PATIENT_ID_MISSING')) {
    return irregular('PATIENT_ID_MISSING', 'the slices carry no patient id');
  }
  const upsideDown = slices.filter((slice) => contradictsPosition(slice.header)).length;
  if (upsideDown > 0 && !overruled.has('POSITION_CONTRADICTS_ORIENTATION')) {
    const sentence = `${upsideDown} slices show the patient lying the other way up than their PatientPosition says`;
    return irregular('POSITION_CONTRADICTS_ORIENTATION', sentence, { count: upsideDown });
  }
  return undefined;
}

function geometryOf(slices: readonly Slice[], overruled: Overruled): SeriesVerdict {
  const found = gridFromSlices(
    slices.map(({ header }) => ({ ...header, gantryTilt: header.gantryTiltDegrees })),
    overruled.has('GAP') ? ANY_SPACING : {},
  );
  if (found.problem !== undefined) return irregular(GRID_CODES[found.problem], found.sentence, found.observed);
  return { kind: 'regular', grid: found.grid, memberIds: found.order.map((index) => slices[index].instanceId) };
}
