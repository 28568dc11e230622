/** What is known of an input set when selection looks at it: numbers, UIDs and vocabulary, and descriptions in memory only. */
import type { ImageFacts } from '../manifest/manifest';

/** Lowest and highest of a quantity over the slices. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

export type Orientation = 'axial' | 'coronal' | 'sagittal' | 'oblique';

/** The headers of all instances of a role as one; `undefined` where no instance states it. */
export interface ObservedHeaders {
  readonly sopClassUids: readonly string[];
  readonly modality: string;
  /** Every ImageType value that any instance has. */
  readonly imageType: readonly string[];
  /** Canonical, see BODY_PARTS of libs/dicom. */
  readonly bodyPart?: string;
  readonly patientPosition?: string;
  readonly contrast: boolean;
  /** Of any instance: by its transfer syntax, or by what it says of its past. */
  readonly irreversiblyCompressed: boolean;
  readonly convolutionKernel?: string;
  readonly sliceThicknessMm?: number;
  readonly sex?: 'F' | 'M' | 'O';
  readonly ageYears?: number;
}

/** What the grid of a role says; absent for roles without one. */
export interface ObservedGrid {
  readonly slices: number;
  readonly sliceSpacingMm?: Span;
  readonly pixelSpacingMm: Span;
  readonly extentMm: {
    readonly leftRight: number;
    readonly anteriorPosterior: number;
    readonly craniocaudal: number;
  };
  readonly orientation: Orientation;
}

export interface ObservedRole {
  readonly headers: ObservedHeaders;
  readonly grid?: ObservedGrid;
  /** Study, series and protocol descriptions. In memory only: never stored, logged or repeated in a criterion. */
  readonly descriptions: readonly string[];
  /** Absent until measured. */
  readonly imageFacts?: ImageFacts;
}

/** Role -> what is known of it. */
export type ObservedInputSet = Readonly<Record<string, ObservedRole>>;
