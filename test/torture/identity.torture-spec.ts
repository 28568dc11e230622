/** Group A: certificates, TLS, revocation, floods of handshakes. */
import { IDENTITY_ROWS } from './rows/identity';
import { removeOddCertificates } from './rows/odd-certificates';
import { describeRows } from './support/describe-rows';

afterAll(removeOddCertificates);
describeRows('A TLS and identity', IDENTITY_ROWS);
