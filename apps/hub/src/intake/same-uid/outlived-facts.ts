/**
 * What is still known of an object that retention deleted: the facts of its row. They show that the second one is of another
 * patient, study, geometry or size; that it is the same they never show, because nobody has the pixels of the first.
 */
import type { ContentComparisonOutcome } from '@modelbank/contracts';
import { CONTENT_CONCERNS, DICTIONARY, contentConcern, sopClassUid } from '@modelbank/dicom';
import type { ContentDifference, InstanceHeader, Keyword } from '@modelbank/dicom';

/** What two objects of one UID differ in, as far as it could be found out. */
export type Comparison = Pick<ContentComparisonOutcome, 'differences' | 'differenceCount' | 'pixels'> & {
  /** Null where the content was not decoded. */
  readonly secondContentSha256: string | null;
};

/** Facts of the row: as much of an instance as retention leaves. */
export interface OutlivedFacts {
  readonly patientKey: string | null;
  readonly header: InstanceHeader;
}

/** The facts that are what a file says, by the attribute that says it (free text never gets into a row). */
const FACTS: Readonly<Partial<Record<Keyword, (facts: OutlivedFacts) => unknown>>> = {
  PatientID: ({ patientKey }) => patientKey,
  PatientSex: ({ header }) => header.sex,
  SOPClassUID: ({ header }) => header.sopClassUid,
  StudyInstanceUID: ({ header }) => header.studyInstanceUid,
  SeriesInstanceUID: ({ header }) => header.seriesInstanceUid,
  Modality: ({ header }) => header.modality,
  FrameOfReferenceUID: ({ header }) => header.frameOfReferenceUid,
  ImagePositionPatient: ({ header }) => header.imagePositionPatient,
  ImageOrientationPatient: ({ header }) => header.imageOrientationPatient,
  PatientPosition: ({ header }) => header.patientPosition,
  PixelSpacing: ({ header }) => header.pixelSpacingMm,
  SliceThickness: ({ header }) => header.sliceThicknessMm,
  GantryDetectorTilt: ({ header }) => header.gantryTiltDegrees,
  ImageType: ({ header }) => header.imageType,
  NumberOfFrames: ({ header }) => header.numberOfFrames ?? 1,
  Rows: ({ header }) => header.rows,
  Columns: ({ header }) => header.columns,
  LossyImageCompression: ({ header }) => header.lossyCompressed,
};

/** The gravest first, as where both objects are there. */
export function compareFacts(first: OutlivedFacts, second: OutlivedFacts): Comparison {
  const kind = isImage(first) || isImage(second) ? 'image' : 'document';
  const differences = Object.entries(FACTS).flatMap(([attribute, factOf]): ContentDifference[] => {
    const [was, is] = [factOf(first), factOf(second)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const concern = contentConcern(kind, DICTIONARY[attribute as Keyword].tag, false);
    const showsNumbers = concern === 'geometry' || concern === 'pixels';
    const numbers = showsNumbers ? { first: numbersOf(was), second: numbersOf(is) } : undefined;
    const isShown = numbers !== undefined && numbers.first.length + numbers.second.length > 0;
    return [{ attribute, concern, ...(isShown && { numbers }) }];
  });
  const gravity = ({ concern }: ContentDifference) => CONTENT_CONCERNS.indexOf(concern);
  differences.sort((a, b) => gravity(a) - gravity(b));
  return { differences, differenceCount: differences.length, pixels: null, secondContentSha256: null };
}

/** As the comparison of content says: what has pixels, save a segmentation, which somebody drew. */
function isImage({ header }: OutlivedFacts): boolean {
  return header.rows !== undefined && header.sopClassUid !== sopClassUid('SegmentationStorage');
}

function numbersOf(fact: unknown): readonly number[] {
  const values: readonly unknown[] = Array.isArray(fact) ? fact : [fact];
  return values.filter((value) => typeof value === 'number');
}
