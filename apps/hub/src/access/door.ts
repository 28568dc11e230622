/** Which listener a request came through: the operator's API on loopback, or DICOMweb that the network reaches. */
import type { IncomingMessage } from 'node:http';

export type Door = 'loopback' | 'dicomweb';

const fromTheNetwork = new WeakSet<IncomingMessage>();

/** Called by the DICOMweb listener before anything else sees the request. */
export function cameThroughDicomweb(request: IncomingMessage): void {
  fromTheNetwork.add(request);
}

export function doorOf(request: IncomingMessage): Door {
  return fromTheNetwork.has(request) ? 'dicomweb' : 'loopback';
}
