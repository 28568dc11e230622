/** How long our P-DATA-TF PDUs may be for a peer (PS3.8 Annex D.1). */
import { MAXIMUM_PDU_BYTES, MINIMUM_PEER_PDU_BYTES, PDU_HEADER_BYTES } from './pdu';
import { ProtocolViolation } from './violation';

/** What a peer that says nothing about its maximum surely takes. */
const CAUTIOUS_PDU_BYTES = 16_384;

/**
 * The length of the P-DATA-TF we may send to a peer that asked for `maximumLength`: never over our own bound, and 0 or
 * nothing asked for means no limit or a cautious one. A peer that asks for less than 1024 is aborted.
 */
export function sendingLengthFor(maximumLength: number | undefined): number {
  const ours = MAXIMUM_PDU_BYTES - PDU_HEADER_BYTES;
  if (maximumLength === undefined) return CAUTIOUS_PDU_BYTES;
  if (maximumLength === 0) return ours;
  if (maximumLength < MINIMUM_PEER_PDU_BYTES) {
    throw new ProtocolViolation('invalidParameter', `the peer asks for PDUs of at most ${maximumLength} bytes`);
  }
  return Math.min(maximumLength, ours);
}
