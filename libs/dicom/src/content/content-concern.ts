/**
 * What an element that differs between two objects of one SOP Instance UID is about. It decides what becomes of the second
 * one: an image may differ in what describes it, and in nothing that says whose it is, where it lies or what it shows
 * (PS3.3 C.7.6.1.1.5, C.12.1.1.1; PS3.4 B.2).
 */
import { DICTIONARY, type Keyword } from '../dictionary/dictionary';

/** The gravest first. */
export const CONTENT_CONCERNS = ['patient', 'study', 'geometry', 'pixels', 'content', 'descriptive'] as const;
export type ContentConcern = (typeof CONTENT_CONCERNS)[number];

/** `document`: people made what it says, and planning systems correct it under its UID. */
export type ContentKind = 'image' | 'document';

const concerns = (grouped: Partial<Record<ContentConcern, readonly Keyword[]>>): ReadonlyMap<number, ContentConcern> =>
  new Map(
    CONTENT_CONCERNS.flatMap((concern) =>
      (grouped[concern] ?? []).map((keyword) => [DICTIONARY[keyword].tag, concern] as const),
    ),
  );

/** What the pixels of a dose, an RT image or a PET image mean: the scaling of a dose grid among them (PS3.3 C.8.8.3, C.8.9.1). */
const MEANING_GROUPS: ReadonlySet<number> = new Set([0x0054, 0x3002, 0x3004, 0x3006, 0x300a, 0x300c]);

/** What is not listed describes the image: who took it, when, why, and how it likes to be shown. */
const IMAGE_CONCERNS = concerns({
  patient: ['PatientID', 'IssuerOfPatientID', 'PatientName', 'PatientBirthDate', 'PatientSex'],
  study: ['SOPClassUID', 'StudyInstanceUID', 'SeriesInstanceUID', 'Modality'],
  geometry: [
    'FrameOfReferenceUID',
    'ImagePositionPatient',
    'ImageOrientationPatient',
    'PatientOrientation',
    'PatientPosition',
    'PixelSpacing',
    'ImagerPixelSpacing',
    'PixelAspectRatio',
    'SliceThickness',
    'SpacingBetweenSlices',
    'GantryDetectorTilt',
    'Laterality',
    'ImageLaterality',
    'ViewPosition',
    'SharedFunctionalGroupsSequence',
    'PerFrameFunctionalGroupsSequence',
  ],
  pixels: [
    'ImageType',
    'SamplesPerPixel',
    'PhotometricInterpretation',
    'NumberOfFrames',
    'Rows',
    'Columns',
    'BitsAllocated',
    'BitsStored',
    'HighBit',
    'PixelRepresentation',
    'PixelPaddingValue',
    'PixelPaddingRangeLimit',
    'RescaleIntercept',
    'RescaleSlope',
    'RescaleType',
    'ModalityLUTSequence',
    'RedPaletteColorLookupTableDescriptor',
    'GreenPaletteColorLookupTableDescriptor',
    'BluePaletteColorLookupTableDescriptor',
    'RedPaletteColorLookupTableData',
    'GreenPaletteColorLookupTableData',
    'BluePaletteColorLookupTableData',
    'FloatPixelData',
    'DoubleFloatPixelData',
    'LossyImageCompression',
    'Units',
  ],
});

/** Whose it is and in which study stays also where content may change. */
const DOCUMENT_CONCERNS = concerns({
  patient: ['PatientID'],
  study: ['SOPClassUID', 'StudyInstanceUID'],
  descriptive: ['StructureSetDate', 'StructureSetTime', 'RTPlanDate'],
});

/**
 * Groups of who made a document, where and for which order; their sequences refer to other objects and are content.
 * (PS3.6: 0008 identification, 0010 patient, 0012 trial, 0018 equipment, 0032 and 0038 request and visit.)
 */
const ADMINISTRATIVE_GROUPS: ReadonlySet<number> = new Set([0x0008, 0x0010, 0x0012, 0x0018, 0x0032, 0x0038]);

export function contentConcern(kind: ContentKind, tag: number, isSequence: boolean): ContentConcern {
  if (kind === 'image') return IMAGE_CONCERNS.get(tag) ?? (MEANING_GROUPS.has(tag >>> 16) ? 'pixels' : 'descriptive');
  const named = DOCUMENT_CONCERNS.get(tag);
  if (named !== undefined) return named;
  return ADMINISTRATIVE_GROUPS.has(tag >>> 16) && !isSequence ? 'descriptive' : 'content';
}
