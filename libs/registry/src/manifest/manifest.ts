/**
 * What a model package declares about itself in `model.yaml`: everything the hub needs to choose, run and label the model
 * without code written for it. docs/model-packages.md explains each field for model owners.
 */

export interface ModelManifest {
  readonly manifestVersion: 1;
  /** kebab-case, unique in the registry. */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  readonly title: string;
  readonly owner: { readonly organisation: string; readonly contact: string };
  /** kebab-case; two models with the same task compete for the same input set. */
  readonly task: string;
  readonly intendedPurpose: string;
  /** National group that looks after the task: DAHANCA, DBCG, ... */
  readonly dmcg: string;
  readonly deviceClass: 'none' | 'in-house' | 'I' | 'IIa' | 'IIb' | 'III';
  readonly inputs: readonly ManifestInput[];
  readonly parameters: readonly ManifestParameter[];
  readonly preprocessing: Preprocessing;
  readonly networks: readonly ManifestNetwork[];
  readonly inference: InferencePlan;
  readonly labels: readonly ManifestLabel[];
  readonly postprocessing: readonly PostprocessingStep[];
  readonly limits: { readonly timeoutSeconds: number; readonly memoryMiB: number };
  /** A package without golden cases says why; else its folder `golden/` holds at least one. */
  readonly goldenCases?: { readonly noneBecause: string };
}

/** A named role of the input set. Only `ct`-like single series are assembled so far; other roles can be declared. */
export interface ManifestInput {
  readonly role: string;
  readonly kind: 'series' | 'instance';
  /** The prior of another role: an earlier study of the same patient pseudonym. */
  readonly priorOf?: string;
  readonly applicability: Applicability;
  /** How competing series of one study are ranked; earlier entries weigh more. */
  readonly ranking?: readonly RankingRule[];
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export interface Applicability {
  /** Names from the DICOM dictionary (`CTImageStorage`) or UIDs. */
  readonly sopClasses?: readonly string[];
  readonly modalities?: readonly string[];
  /**
   * Images made from other images (ImageType DERIVED or SECONDARY, PS3.3 C.7.6.1.1.2) apply only where this is true.
   * Localizers, reformats and projections never do. Mammograms are derived by nature and need no permission.
   */
  readonly acceptsDerived?: boolean;
  /**
   * Images of which irreversible compression took something (PS3.3 C.7.6.1.1.5) apply only where this is true; the criterion
   * is listed as `compression`.
   */
  readonly acceptsIrreversibleCompression?: boolean;
  /** Canonical regions; BodyPartExamined, AnatomicRegionSequence codes and their synonyms are mapped to these. */
  readonly bodyParts?: { readonly anyOf: readonly string[]; readonly orMissing?: boolean };
  /** Case-insensitive patterns over study, series and protocol descriptions. */
  readonly descriptions?: { readonly anyOf?: readonly string[]; readonly noneOf?: readonly string[] };
  readonly sliceSpacingMm?: Range;
  readonly pixelSpacingMm?: Range;
  readonly slices?: Range;
  /** Extent of the scan along the patient's axes. */
  readonly extentMm?: {
    readonly leftRight?: Range;
    readonly anteriorPosterior?: Range;
    readonly craniocaudal?: Range;
  };
  readonly orientations?: readonly ('axial' | 'coronal' | 'sagittal' | 'oblique')[];
  readonly patientPositions?: readonly string[];
  readonly contrast?: 'required' | 'excluded';
  readonly sex?: readonly ('F' | 'M' | 'O')[];
  readonly ageYears?: Range & { readonly orMissing?: boolean };
  /** Facts measured from the pixels, once per series; see docs/model-packages.md for each definition. */
  readonly image?: Partial<Record<ImageFactName, Range>>;
}

/** Facts measured from the image itself. Bands are thirds of the scan's craniocaudal extent. */
export const IMAGE_FACT_NAMES = [
  'bodyWidthMm',
  'bodyDepthMm',
  'bodyCrossSectionCm2',
  'airAroundBodyFraction',
  'lungVolumeMl',
  'boneFraction',
  'boneFractionCranialThird',
  'boneFractionMiddleThird',
  'boneFractionCaudalThird',
] as const;
export type ImageFactName = (typeof IMAGE_FACT_NAMES)[number];
export type ImageFacts = Readonly<Record<ImageFactName, number>>;

export type RankingRule =
  | { readonly by: 'imageType'; readonly prefer: readonly string[] }
  | { readonly by: 'kernel'; readonly prefer: readonly string[] }
  | { readonly by: 'sliceThicknessMm'; readonly closestTo: number }
  | { readonly by: 'phase'; readonly prefer: readonly string[] }
  | { readonly by: 'contrast'; readonly prefer: 'with' | 'without' }
  | { readonly by: 'slices'; readonly prefer: 'most' };

/** A value that the model needs and DICOM does not carry. */
export interface ManifestParameter {
  readonly name: string;
  readonly type: 'enum' | 'number' | 'boolean';
  readonly values?: readonly string[];
  readonly description: string;
  readonly default?: string | number | boolean;
}

/** Three letters, one an axis (x, y, z of the tensor): where each index grows towards. L/R, A/P, S(uperior)/I(nferior). */
export type OrientationCode = string;

export interface Preprocessing {
  /** E.g. `LPS`: x grows to the patient's left, y to posterior, z to superior. */
  readonly orientation: OrientationCode;
  /** Voxel size along x, y, z of the tensor; absent keeps the scan's own. */
  readonly spacingMm?: readonly [number, number, number];
  readonly interpolation?: 'linear' | 'nearest';
  /** Value outside the scan, in HU. */
  readonly paddingValue?: number;
  /** Cut to the bounding box of voxels above a threshold, with a margin. */
  readonly cropToBody?: { readonly thresholdHu: number; readonly marginMm: number };
  /** Crop or pad, centred, to this many voxels along x, y, z. */
  readonly size?: readonly [number, number, number];
  /** Pad each axis up to a multiple of this many voxels. */
  readonly multipleOf?: number;
  /** Applied in order. */
  readonly intensity: readonly IntensityStep[];
}

export type IntensityStep =
  | { readonly type: 'window'; readonly min: number; readonly max: number }
  | {
      readonly type: 'scale';
      readonly fromMin: number;
      readonly fromMax: number;
      readonly toMin: number;
      readonly toMax: number;
    }
  | {
      readonly type: 'zScore';
      readonly mean?: number;
      readonly standardDeviation?: number;
      readonly over?: StatisticsOver;
    }
  | { readonly type: 'quantiles'; readonly low: number; readonly high: number; readonly over?: StatisticsOver };

/** What statistics look at: the whole tensor, padding included (the default), or only its voxels inside the scan. */
export type StatisticsOver = 'tensor' | 'scan';

export interface ManifestNetwork {
  readonly name: string;
  /** Path inside the package. */
  readonly file: string;
  readonly input: { readonly name: string; readonly layout: 'NCDHW' };
  readonly output: { readonly name: string; readonly channels: number };
  /** Tensor axes in the order the network expects, from `preprocessing.orientation`'s x, y, z: `zyx` or `xyz`. */
  readonly axes: 'zyx' | 'xyz';
}

export interface InferencePlan {
  readonly mode: 'whole' | 'slidingWindow';
  /** x, y, z voxels; sliding window only. */
  readonly window?: readonly [number, number, number];
  /** 0..0.75 of the window; sliding window only. */
  readonly overlap?: number;
  readonly activation: 'softmax' | 'sigmoid' | 'none';
  /** How the networks of an ensemble are combined, after the activation. */
  readonly ensemble: 'mean';
}

export interface ManifestLabel {
  /** TG-263 name where there is one; also the ROI name, at most 16 characters for old planning systems. */
  readonly name: string;
  /** Where it comes from; labels made by a postprocessing step (`splitSides`) have no source. */
  readonly source?:
    | { readonly type: 'argmax'; readonly channel: number }
    | { readonly type: 'threshold'; readonly channel: number; readonly above: number };
  readonly color: readonly [number, number, number];
  readonly interpretedType: string;
  /** Kept in the working set for later steps but not a result. */
  readonly internal?: boolean;
  /** An empty mask is a finding (the organ was removed), not a failure. */
  readonly mayBeEmpty?: boolean;
}

/** Applied in order to masks on the scan's own grid, where the labels were decided from interpolated scores (docs/inference.md). */
export type PostprocessingStep =
  | { readonly step: 'largestComponents'; readonly label: string; readonly count: number }
  | { readonly step: 'fillHoles'; readonly label: string; readonly dimensions: 2 | 3 }
  | { readonly step: 'minimumVolume'; readonly label: string; readonly ml: number }
  | { readonly step: 'within'; readonly label: string; readonly of: string }
  | { readonly step: 'subtract'; readonly label: string; readonly other: string }
  | { readonly step: 'splitSides'; readonly label: string; readonly left: string; readonly right: string };
