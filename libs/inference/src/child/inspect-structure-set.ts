/** Reads a structure set of a stranger whole, in the child: whether its contours can be trusted, and which images they were drawn on. */
import { HubError, MOST_REFERENCES } from '@modelbank/contracts';
import type { StructureSetInspection, StructureSetInspectionSpec } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { readStructureSet, StructureError } from '@modelbank/structures';
import type { ReadStructureSet } from '@modelbank/structures';
import type { StageClock } from './stage-clock';
import { readVerifiedInstances } from './verified-files';

/** No frame of reference reaches further: a coordinate beyond is a defect, or an attack on whoever allocates by it. */
const FARTHEST_MM = 100_000;

export async function inspectStructureSet(
  spec: StructureSetInspectionSpec,
  clock: StageClock,
): Promise<StructureSetInspection> {
  const [bytes] = await clock.time('load', () => readVerifiedInstances([spec.instance]));
  const set = await clock.time('decode', () => readOrRefuse(bytes));
  const contours = set.rois.flatMap((roi) => roi.contours);
  const far = contours.some(({ points }) => points.some((coordinate) => Math.abs(coordinate) > FARTHEST_MM));
  if (far) throw unreadable(`a coordinate lies more than ${FARTHEST_MM} mm away`);
  return {
    kind: 'inspectStructureSet',
    rois: set.rois.length,
    points: contours.reduce((sum, { points }) => sum + points.length / 3, 0),
    referencedSopInstanceUids: referencesOf(set),
    stages: clock.stages,
  };
}

function readOrRefuse(bytes: Uint8Array): ReadStructureSet {
  try {
    return readStructureSet(bytes);
  } catch (thrown) {
    throw thrown instanceof StructureError ? unreadable(thrown.message) : thrown;
  }
}

/** Of the contours themselves; where they name no image, of the whole set. */
function referencesOf({ rois, referencedSeries }: ReadStructureSet): string[] {
  const ofContours = rois.flatMap((roi) => roi.contours.map((contour) => contour.referencedSopInstanceUid));
  const ofSeries = referencedSeries.flatMap(({ sopInstanceUids }) => sopInstanceUids);
  const uids = new Set([...ofContours, ...ofSeries].filter((uid): uid is string => uid !== undefined && isUid(uid)));
  if (uids.size > MOST_REFERENCES) throw unreadable(`more than ${MOST_REFERENCES} images are referenced`);
  return [...uids];
}

function unreadable(why: string): HubError {
  return new HubError('STRUCTURE_SET_UNREADABLE', why);
}
