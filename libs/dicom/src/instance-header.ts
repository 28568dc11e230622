/**
 * The facts of an instance's header that the hub keeps in its rows: UIDs, numbers and vocabulary. Free text of the sender
 * (descriptions, names, comments) is never part of it, because a patient's identity may stand anywhere in free text.
 */
import type { Keyword } from './dictionary/dictionary';

export interface InstanceHeader {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid?: string;
  /** A defined term of PS3.3 C.7.3.1.1.1, else `OT`. */
  readonly modality: string;
  readonly instanceNumber?: number;
  readonly acquisitionNumber?: number;
  /** NumberOfSeriesRelatedInstances, else ImagesInAcquisition (a series may hold several acquisitions). */
  readonly declaredCount?: number;
  /** What the declared count counts; absent without one. */
  readonly declaredCountOf?: 'series' | 'acquisition';
  /** Known values of ImageType only (ORIGINAL, DERIVED, PRIMARY, SECONDARY, AXIAL, LOCALIZER, MPR, MIP, REFORMATTED, ...). */
  readonly imageType: readonly string[];
  readonly rows?: number;
  readonly columns?: number;
  /** [between rows, between columns] in mm. */
  readonly pixelSpacingMm?: readonly [number, number];
  readonly sliceThicknessMm?: number;
  /** ImagePositionPatient, LPS mm. */
  readonly imagePositionPatient?: readonly [number, number, number];
  readonly imageOrientationPatient?: readonly [number, number, number, number, number, number];
  readonly gantryTiltDegrees?: number;
  /** A defined term (HFS, FFP, ...) or absent. */
  readonly patientPosition?: string;
  /** Canonical body part of our vocabulary, from BodyPartExamined or AnatomicRegionSequence; absent when unknown. */
  readonly bodyPart?: string;
  readonly sex?: 'F' | 'M' | 'O';
  readonly ageYears?: number;
  /** ContrastBolusAgent (or its sequence) has a value. */
  readonly contrast: boolean;
  /** ConvolutionKernel where it looks like a kernel name of a vendor (letters, digits, at most 16), else absent. */
  readonly convolutionKernel?: string;
  readonly numberOfFrames?: number;
  /** Attributes whose value is there and cannot be used: no number, not physically possible, no such date. */
  readonly unusable?: readonly Keyword[];
  readonly transferSyntaxUid: string;
  /** LossyImageCompression is 01: the pixels lost something on their way, whatever holds them now. */
  readonly lossyCompressed?: true;
}
