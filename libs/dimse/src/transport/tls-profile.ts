/**
 * The TLS that both sides speak: the Non-Downgrading BCP 195 profile (PS3.15 Annex B.12), that is TLS 1.2 with forward
 * secrecy and authenticated encryption, or TLS 1.3; no renegotiation, no tickets.
 */
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

export const TLS_PROFILE: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE+AESGCM',
    'ECDHE+CHACHA20',
    'DHE+AESGCM',
    // refuses RSA under 2048 bits, curves under 224 bits and SHA-1 signatures
    '@SECLEVEL=2',
  ].join(':'),
  ecdhCurve: 'X25519:P-256:P-384:P-521',
  // a ticket would let a revoked client come back without showing its certificate
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
};
