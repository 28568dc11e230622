/** Why a TLS handshake came to nothing, as a closed list: what an operator needs to know, from what Node and OpenSSL say. */
import type { X509Certificate } from 'node:crypto';
import { weaknessOfChain } from './certificate-strength';

export const TLS_REFUSALS = [
  // about the certificate that the peer showed, or did not
  'noCertificate',
  'selfSigned',
  'unknownAuthority',
  'expired',
  'notYetValid',
  'wrongPurpose',
  'weakKey',
  'weakSignature',
  'certificateRefused',
  // about the peer
  'distrustsHub',
  'notTls',
  'noCommonTls',
  'unfinished',
  'abandoned',
  'handshakeFailed',
] as const;
export type TlsRefusal = (typeof TLS_REFUSALS)[number];

/** A handshake that failed: Node's error, OpenSSL's verdict on the certificate, and the certificate where one was seen. */
export interface FailedHandshake {
  readonly errorCode: string;
  readonly authorizationError: string;
  readonly certificate?: X509Certificate;
}

const VERDICTS: Readonly<Record<string, TlsRefusal>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'selfSigned',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'notYetValid',
  INVALID_PURPOSE: 'wrongPurpose',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknownAuthority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknownAuthority',
  CERT_SIGNATURE_FAILURE: 'unknownAuthority',
  CERT_UNTRUSTED: 'unknownAuthority',
};

const FAILURES: readonly (readonly [RegExp, TlsRefusal])[] = [
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, 'unfinished'],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'noCertificate'],
  [/WRONG_CURVE|EE_KEY_TOO_SMALL|KEY_TOO_SMALL|DH_KEY/, 'weakKey'],
  [/MD_TOO_WEAK|WRONG_SIGNATURE_TYPE/, 'weakSignature'],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_)/, 'distrustsHub'],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE/, 'notTls'],
  [/UNSUPPORTED_PROTOCOL|NO_SHARED|VERSION_TOO_LOW|NO_SUITABLE|NO_PROTOCOLS|INAPPROPRIATE_FALLBACK/, 'noCommonTls'],
  [/^(ECONNRESET|EPIPE)$/, 'abandoned'],
];

export function refusalOfHandshake({ errorCode, authorizationError, certificate }: FailedHandshake): TlsRefusal {
  if (authorizationError !== '') {
    // OpenSSL's verdict on a weak certificate has no name in Node
    const weakness = certificate && weaknessOfChain(certificate);
    return VERDICTS[authorizationError] ?? weakness ?? 'certificateRefused';
  }
  return FAILURES.find(([pattern]) => pattern.test(errorCode))?.[1] ?? 'handshakeFailed';
}
