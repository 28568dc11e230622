/**
 * What an inference child process gets (a small JSON message: paths, digests and the manifest) and what it returns.
 * Pixels and label volumes never cross the process boundary: the child reads and writes files.
 */
import type { ContentDifference, ContentKind } from '@modelbank/dicom';
import type { ImageFacts, ModelManifest } from '@modelbank/registry';

/** One instance of the input, by path; `sha256` is checked while it is read. */
export interface JobInstance {
  readonly path: string;
  readonly sha256: string;
  readonly sopInstanceUid: string;
}

export interface InferenceJobSpec {
  readonly kind: 'infer';
  readonly jobId: string;
  readonly manifest: ModelManifest;
  readonly packageFolder: string;
  /** SHA-256 per file of the package, by relative path, as registered. */
  readonly packageFiles: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, readonly JobInstance[]>>;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** A folder that the child may write to. */
  readonly outputFolder: string;
  readonly executionProvider: 'cpu' | 'cuda';
  readonly threads: number;
}

/** Measures the image facts that selection rules ask for. */
export interface ImageFactsSpec {
  readonly kind: 'imageFacts';
  readonly instances: readonly JobInstance[];
}

/** Compares what two objects of one SOP Instance UID say and show, however they are encoded. */
export interface ContentComparisonSpec {
  readonly kind: 'compareContent';
  readonly first: JobInstance;
  readonly second: JobInstance;
}

/** Reads a structure set whole. */
export interface StructureSetInspectionSpec {
  readonly kind: 'inspectStructureSet';
  readonly instance: JobInstance;
}

export type ChildSpec = InferenceJobSpec | ImageFactsSpec | ContentComparisonSpec | StructureSetInspectionSpec;

/** One stage of the child with its duration, shown live and in the benchmark. */
export interface ChildStage {
  readonly stage:
    'load' | 'decode' | 'preprocess' | 'infer' | 'postprocess' | 'resample' | 'write' | 'measure' | 'compare';
  readonly durationMs: number;
}

/** A label as the child wrote it: a bit-packed mask (order of geometry's `Mask`) on the scan's own grid, gzip-free. */
export interface LabelFile {
  readonly name: string;
  /** File name inside the output folder. */
  readonly file: string;
  readonly sha256: string;
  readonly voxelCount: number;
  readonly volumeMl: number;
  readonly empty: boolean;
  /** The label touches the first or last slice of the scan: the organ may be cut off there. */
  readonly cutByScanEnd: boolean;
}

export interface InferenceOutcome {
  readonly kind: 'infer';
  readonly labels: readonly LabelFile[];
  /** What a person should look at: names of postprocessing's own warnings, e.g. `noTwoSides`. */
  readonly warnings?: readonly { readonly label: string; readonly warning: string }[];
  readonly executionProvider: 'cpu' | 'cuda';
  readonly stages: readonly ChildStage[];
  readonly peakRssMiB: number;
}

export interface ImageFactsOutcome {
  readonly kind: 'imageFacts';
  readonly facts: ImageFacts;
  readonly stages: readonly ChildStage[];
}

/** How decoded pixels differ; compared only where both sides describe their pixels alike. */
export interface PixelComparison {
  readonly frames: number;
  readonly differingFrames: number;
  readonly differingPixels: number;
  /** In stored values. */
  readonly largestDifference: number;
}

export interface ContentComparisonOutcome {
  readonly kind: 'compareContent';
  readonly contentKind: ContentKind;
  /** The gravest first, at most `MOST_DIFFERENCES` of them. */
  readonly differences: readonly ContentDifference[];
  readonly differenceCount: number;
  /** Null where neither has pixels, or where they are described so differently that there is nothing to count. */
  readonly pixels: PixelComparison | null;
  /** SHA-256 of everything in the second object that is not merely descriptive: the same in every encoding of it. */
  readonly secondContentSha256: string;
  readonly stages: readonly ChildStage[];
}

export const MOST_DIFFERENCES = 100;

export interface StructureSetInspection {
  readonly kind: 'inspectStructureSet';
  readonly rois: number;
  readonly points: number;
  /** Of its contours and of its list of images, each once; at most `MOST_REFERENCES`. */
  readonly referencedSopInstanceUids: readonly string[];
  readonly stages: readonly ChildStage[];
}

export const MOST_REFERENCES = 20_000;

export type ChildOutcome = InferenceOutcome | ImageFactsOutcome | ContentComparisonOutcome | StructureSetInspection;
