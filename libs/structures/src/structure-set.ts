/** A structure set (PS3.3 A.19) as a value: what the hub writes, and what it could read from anyone's RTSTRUCT. */
import type { PatientStudyModule } from '@modelbank/dicom';
import type { Contour } from './contour';
import type { ContourWarning } from './contour-warning';

/** RT Structure Set Storage. */
export const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';

/** RTROIInterpretedType (PS3.3 C.8.8.8.1). An empty value is allowed and means that nothing is known. */
export const INTERPRETED_TYPES = [
  'EXTERNAL',
  'PTV',
  'CTV',
  'GTV',
  'TREATED_VOLUME',
  'IRRAD_VOLUME',
  'BOLUS',
  'AVOIDANCE',
  'ORGAN',
  'MARKER',
  'REGISTRATION',
  'ISOCENTER',
  'CONTRAST_AGENT',
  'CAVITY',
  'BRACHY_CHANNEL',
  'BRACHY_ACCESSORY',
  'BRACHY_SRC_APP',
  'BRACHY_CHNL_SHLD',
  'SUPPORT',
  'FIXATION',
  'DOSE_REGION',
  'CONTROL',
  'DOSE_MEASUREMENT',
] as const;

/** One region of interest with its contours; without contours it says that the structure was looked for and is not there. */
export interface Roi {
  readonly number: number;
  readonly name: string;
  /** Red, green, blue, each 0 to 255. */
  readonly color: readonly [number, number, number];
  /** ORGAN, EXTERNAL, PTV... */
  readonly interpretedType: string;
  readonly contours: readonly Contour[];
}

/** Images of one series on which the contours lie. */
export interface ReferencedSeries {
  readonly seriesInstanceUid: string;
  readonly sopClassUid: string;
  /** All images of the series that belong to the grid, in slice order. */
  readonly sopInstanceUids: readonly string[];
}

/** The software that contributed to the object, for the Contributing Equipment Sequence (PS3.3 C.12.1.1.5). */
export interface ContributingModel {
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelVersion: string;
  /** SHA-256 of the model package, 64 hexadecimal digits. */
  readonly packageDigest: string;
  /** What it ran on: `cpu`, `cuda`. */
  readonly device: string;
}

/** A structure set to be written. Times are DICOM texts (DA, TM): the clock is the caller's. */
export interface StructureSetToWrite {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly study: PatientStudyModule;
  /** At most 16 characters. */
  readonly label: string;
  readonly name?: string;
  readonly description?: string;
  readonly seriesDescription: string;
  readonly seriesNumber: number;
  readonly date: string;
  readonly time: string;
  readonly equipment: {
    readonly manufacturer: string;
    readonly modelName: string;
    readonly softwareVersions: readonly string[];
    readonly deviceSerialNumber?: string;
  };
  readonly contributingModels: readonly ContributingModel[];
  /** How the ROIs were made, at most 64 characters: ROIGenerationDescription. */
  readonly generationDescription: string;
  readonly referencedSeries: ReferencedSeries;
  readonly rois: readonly Roi[];
  /** The structure set that this one replaces or was made from. */
  readonly predecessorSopInstanceUid?: string;
}

/** An ROI as it was read: only the number and the contours are sure to be there. */
export interface ReadRoi {
  readonly number: number;
  readonly name: string;
  readonly color?: readonly [number, number, number];
  readonly interpretedType?: string;
  readonly generationAlgorithm?: string;
  readonly generationDescription?: string;
  readonly frameOfReferenceUid?: string;
  readonly contours: readonly Contour[];
}

/** A structure set as it was read, tolerant of what senders get wrong. */
export interface ReadStructureSet {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Of the whole set; where the sender left it out, that of its ROIs if they share one. */
  readonly frameOfReferenceUid?: string;
  readonly label: string;
  readonly date?: string;
  readonly time?: string;
  readonly approvalStatus?: string;
  /** SOP Instance UIDs by Series Instance UID, as referenced. */
  readonly referencedSeries: readonly {
    readonly seriesInstanceUid: string;
    readonly sopInstanceUids: readonly string[];
  }[];
  readonly predecessorSopInstanceUids: readonly string[];
  readonly rois: readonly ReadRoi[];
  readonly warnings: readonly ContourWarning[];
}
