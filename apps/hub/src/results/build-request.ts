/** What the builder thread gets and answers: plain values that can be cloned; pixels and masks stay in files. */
import type { ErrorCode, LabelFile } from '@modelbank/contracts';
import type { Grid } from '@modelbank/geometry';
import type { ContributingModel } from '@modelbank/structures';
import type { ResultRoi } from '@modelbank/store';

export interface LabelToWrite extends LabelFile {
  /** Where the label's object lies. */
  readonly path: string;
  readonly color: readonly [number, number, number];
  readonly interpretedType: string;
}

export interface BuildRequest {
  readonly grid: Grid;
  readonly labels: readonly LabelToWrite[];
  /** An image of the series: patient and study modules are copied from it. */
  readonly imagePath: string;
  readonly sopClassUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** In slice order. */
  readonly sopInstanceUids: readonly string[];
  readonly uids: { readonly sopInstanceUid: string; readonly seriesInstanceUid: string };
  readonly holes: 'xor' | 'keyhole';
  readonly model: ContributingModel;
  readonly title: string;
  readonly remarks: readonly string[];
  readonly builtAt: { readonly date: string; readonly time: string };
  readonly predecessorSopInstanceUid?: string;
  /** Where the file is written; the caller makes it an object. */
  readonly partPath: string;
}

export type BuildAnswer =
  | { readonly kind: 'built'; readonly sha256: string; readonly rois: readonly ResultRoi[] }
  /** Our own check, or the writer, refused: the texts quote no patient data. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  /** A label or the image is not what was stored: building again gives the same answer. */
  | { readonly kind: 'unreadable'; readonly code: ErrorCode; readonly message: string };

export type Encoding = BuildRequest['holes'];
