/** Why a sender was not let in, and what would let it in: the words that an operator reads, for every rule. */
import { isAeTitle } from '@modelbank/dicom';
import type { UnknownSenderEntity } from '@modelbank/store';

export interface SenderAdvice {
  readonly why: string;
  readonly whatToDo: string;
}

type Advise = (sender: UnknownSenderEntity) => SenderAdvice;

const NEW_CERTIFICATE =
  'the sender needs a certificate that an authority of the hub signed (docs/connect-a-centre.md, "Order a certificate")';

const fixed =
  (why: string, whatToDo: string): Advise =>
  () => ({ why, whatToDo });

const ADVICE: Readonly<Record<string, Advise>> = {
  UNKNOWN_CERTIFICATE: (sender) => ({
    why: 'its certificate is signed by an authority that the hub trusts, but is enrolled with no centre',
    whatToDo: `if you know the sender: modelbank senders enrol ${sender.id} --centre CENTRE${aeOption(sender)}`,
  }),
  AE_TITLE_MISMATCH: (sender) => ({
    why: `its certificate belongs to ${sender.centreId}, which has no calling AE title ${sender.callingAeTitle}`,
    whatToDo: `if it is theirs: modelbank senders enrol ${sender.id} --centre ${sender.centreId} --ae; else correct the title in the sender`,
  }),
  AE_TITLE_INVALID: fixed(
    'its calling or called AE title holds characters that a title may not have (PS3.5 6.2)',
    'correct the titles in the sender: 1 to 16 characters, no backslash, no control character; this entry can only be dismissed',
  ),
  CALLED_AE_UNKNOWN: (sender) => ({
    why: `it called ${sender.calledAeTitle}, which is no AE title of this hub`,
    whatToDo:
      'correct the called AE title in the sender; those of the hub: GET /api/v1/called-aes (MODELBANK unless changed)',
  }),
  CERTIFICATE_REVOKED: (sender) => ({
    why: `its certificate was revoked, or is outside its own dates; it belonged to ${sender.centreId}`,
    whatToDo: `a revoked certificate never works again: ${NEW_CERTIFICATE}, then modelbank centre cert ${sender.centreId} --pem FILE`,
  }),
  'tls.noCertificate': fixed(
    'it showed no certificate, or none that TLS could use',
    'configure a client certificate in the sender; a sender without TLS needs stunnel (docs/connect-a-centre.md)',
  ),
  'tls.selfSigned': fixed('its certificate is signed by nobody but itself', NEW_CERTIFICATE),
  'tls.unknownAuthority': (sender) => ({
    why: `the authority that signed its certificate is not one that the hub trusts: ${sender.issuer ?? 'unknown'}`,
    whatToDo: `${NEW_CERTIFICATE}; or, if that authority is to be trusted: append its certificate to MODELBANK_HOME/pki/ca.crt, restart the hub, then modelbank senders enrol ${sender.id} --centre CENTRE`,
  }),
  'tls.expired': fixed('its certificate has run out', NEW_CERTIFICATE),
  'tls.notYetValid': fixed(
    'its certificate is not valid yet',
    "compare the sender's clock and the first day of the certificate",
  ),
  'tls.wrongPurpose': fixed(
    "its certificate is not meant for a client (extended key usage), such as a server's",
    'the sender needs a certificate with extended key usage clientAuth',
  ),
  'tls.weakKey': fixed('its key is weaker than RSA 2048 or P-256', NEW_CERTIFICATE),
  'tls.weakSignature': fixed('its certificate, or one above it, is signed with SHA-1 or weaker', NEW_CERTIFICATE),
  'tls.certificateRefused': fixed('TLS did not take its certificate', NEW_CERTIFICATE),
  'tls.distrustsHub': fixed(
    "it does not trust the hub's certificate, and hung up",
    "give the sender the hub's authority (MODELBANK_HOME/pki/ca.crt) as a trusted one, and call the hub by a name of its certificate",
  ),
  'tls.notTls': fixed(
    'it does not speak TLS: plain DICOM, or something else',
    'switch TLS on in the sender, or put stunnel in front of it (docs/connect-a-centre.md, "A sender without TLS")',
  ),
  'tls.noCommonTls': fixed(
    'it offers no TLS version or cipher suite that the hub takes',
    'the sender needs TLS 1.2 with ECDHE or DHE and AES-GCM, or TLS 1.3 (DICOM PS3.15 B.12); else stunnel',
  ),
};

const UNEXPLAINED = fixed('the hub refused it', 'look at the log of the hub at that time');

export function adviceFor(sender: UnknownSenderEntity): SenderAdvice {
  return (ADVICE[sender.code] ?? UNEXPLAINED)(sender);
}

/** Which refusals tell of a sender that an operator might want to let in. */
export function isListed(code: string): boolean {
  return Object.hasOwn(ADVICE, code);
}

function aeOption({ callingAeTitle }: UnknownSenderEntity): string {
  return isAeTitle(callingAeTitle) ? ' --ae' : '';
}
