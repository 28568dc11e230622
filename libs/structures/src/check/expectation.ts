/** What an RTSTRUCT is checked against: the images that it was made from. */
import type { Grid } from '@modelbank/geometry';

export interface StructureSetExpectation {
  readonly studyInstanceUid: string;
  /** Of the images. */
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** Where it is given, the object must carry the same; never repeated in a message. */
  readonly patientId?: string | null;
  readonly grid: Grid;
  /** SOP Instance UID of the image of each slice of the grid. */
  readonly sliceSopInstanceUids: readonly string[];
}
