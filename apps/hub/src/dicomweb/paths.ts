/** The URLs of DICOMweb (PS3.18 6.1): the called AE title takes the place of the service's own part of the path. */
import type { CalledAe } from '@modelbank/contracts';

export const DICOMWEB_PREFIX = '/dicomweb/';
/** For controllers: `@Controller(DICOMWEB_ROUTE)`, with `@Param('calledAe', CalledAePipe)`. */
export const DICOMWEB_ROUTE = 'dicomweb/:calledAe';

export interface InstanceUidsOfPath {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export function studyPath({ aeTitle }: Pick<CalledAe, 'aeTitle'>, studyInstanceUid: string): string {
  return `${DICOMWEB_PREFIX}${encodeURIComponent(aeTitle)}/studies/${studyInstanceUid}`;
}

export function seriesPath(calledAe: Pick<CalledAe, 'aeTitle'>, studyUid: string, seriesUid: string): string {
  return `${studyPath(calledAe, studyUid)}/series/${seriesUid}`;
}

export function instancePath(calledAe: Pick<CalledAe, 'aeTitle'>, uids: InstanceUidsOfPath): string {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = uids;
  return `${seriesPath(calledAe, studyInstanceUid, seriesInstanceUid)}/instances/${sopInstanceUid}`;
}
