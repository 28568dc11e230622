import { senderText } from './senders';
import type { SenderAnswer } from './senders';

const sender: SenderAnswer = {
  ...{ id: 's1', code: 'tls.noCertificate', why: 'it showed no certificate', whatToDo: 'configure one' },
  ...{ callingAeTitle: null, calledAeTitle: null, remoteAddress: '10.1.2.3', centreId: null },
  ...{ fingerprintSha256: null, serialNumber: null, subject: null, issuer: null, notBefore: null, notAfter: null },
  ...{ attempts: 1, firstSeenAt: '2026-01-01T08:00:00Z', lastSeenAt: '2026-01-01T08:00:00Z', pem: null },
};

it('says in words what is known of a sender, what is not, and what to do', () => {
  const text = senderText(sender);
  expect(text).toMatch(/^from +10\.1\.2\.3, once/);
  expect(text).toContain('none was seen');
  expect(text).toMatch(/refused +it showed no certificate \(tls\.noCertificate\)\nwhat to do +configure one$/);
});

it('shows the certificate that was presented', () => {
  const shown = { fingerprintSha256: 'ab', subject: 'CN=new', attempts: 3, centreId: 'odense', pem: '-----BEGIN\n' };
  const text = senderText({ ...sender, ...shown });
  expect(text).toMatch(/3 times[^]*certificate +CN=new[^]*SHA-256 +ab[^]*centre +odense[^]*-----BEGIN$/);
});
