/** Senders that are not let in: listed with what they showed, bounded, enrolled in one step, and harmless whatever they call themselves. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CallingAeEntity, CentreCertificateEntity } from '@modelbank/store';
import { RawPeer, issueWithOpenssl, rawAssociateRequest, runEchoscu } from '@modelbank/testing';
import type { AuthorityFiles } from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { SenderBookOfHub } from './sender-book';
import type { SenderView } from './sender.dto';

/** Real tools and databases on a busy machine. */
jest.setTimeout(60_000);

let bench: IntakeBench;

beforeEach(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterEach(() => bench.dispose());

const senders = async (): Promise<SenderView[]> => (await bench.api('GET', '/senders')).body as never;
const echo = (certificate: AuthorityFiles, callingAeTitle: string, calledAeTitle = 'MODELBANK') =>
  runEchoscu({
    port: bench.dimsePort,
    callingAeTitle,
    calledAeTitle,
    tls: { ...certificate, caPath: bench.pki.caPath },
  });
const clientOf = (centre: string): AuthorityFiles => bench.pki.centres[centre].client;
const odd = (name: string, authority: AuthorityFiles | null, extensions?: readonly string[]) =>
  issueWithOpenssl(join(bench.configuration.home, 'odd'), authority, { name, extensions });

/** Waits for the row that a failed handshake leaves: nobody answers such a peer. */
async function listed(count: number): Promise<SenderView[]> {
  for (let waited = 0; waited < 60 && (await senders()).length < count; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const rows = await senders();
  expect(rows).toHaveLength(count);
  return rows;
}

describe('a sender that is not let in', () => {
  it('is listed with its titles, its address, its certificate, why it was refused, and what would let it in', async () => {
    expect((await echo(clientOf('unknown'), 'NEW_CT')).exitCode).not.toBe(0);
    const { client } = bench.pki.centres.unknown;
    const [sender] = await listed(1);
    expect(sender).toMatchObject({
      ...{ code: 'UNKNOWN_CERTIFICATE', callingAeTitle: 'NEW_CT', calledAeTitle: 'MODELBANK', centreId: null },
      ...{ remoteAddress: '127.0.0.1', fingerprintSha256: client.fingerprintSha256, isTrusted: true, attempts: 1 },
      ...{ serialNumber: client.serialNumber, subject: client.subject },
      why: expect.stringContaining('enrolled with no centre'),
      whatToDo: expect.stringContaining(`modelbank senders enrol ${sender.id} --centre CENTRE --ae`),
    });
    const shown = await bench.api('GET', `/senders/${sender.id}`);
    expect(shown.body.pem).toBe(await readFile(client.certPath, 'utf8'));
    const entries = await bench.journal('association.rejected');
    expect(entries).toMatchObject([
      {
        ...{ subjectId: sender.id, actor: client.fingerprintSha256 },
        details: { code: 'UNKNOWN_CERTIFICATE', serialNumber: client.serialNumber, remoteAddress: '127.0.0.1' },
      },
    ]);
  });

  it('is enrolled with certificate and title in one step, is let in at once, and leaves the list', async () => {
    await echo(clientOf('unknown'), 'NEW_CT');
    await echo(clientOf('unknown'), 'NEW_CT', 'ELSEWHERE');
    const [{ id }] = await listed(2);
    const enrolled = await bench.api('POST', `/senders/${id}/enrol`, {
      centreId: 'odense',
      callingAe: true,
      who: 'Eva',
    });
    expect(enrolled.status).toBe(204);
    expect((await echo(clientOf('unknown'), 'NEW_CT')).exitCode).toBe(0);
    expect(await senders()).toEqual([]);
    const entries = (await bench.api('GET', '/journal?centre=odense&limit=3')).body;
    expect(entries).toMatchObject([
      {
        kind: 'sender.enrolled',
        actor: 'operator',
        subjectId: id,
        details: { who: 'Eva', code: 'UNKNOWN_CERTIFICATE' },
      },
      { kind: 'centre.callingAeAdded', subjectId: 'NEW_CT' },
      { kind: 'centre.certificateAdded' },
    ]);
  });

  it('with a known certificate and a strange title is told apart, and gets the title only', async () => {
    await echo(clientOf('odense'), 'NEW_WS');
    const [{ id, code, centreId, whatToDo }] = await listed(1);
    expect({ code, centreId }).toEqual({ code: 'AE_TITLE_MISMATCH', centreId: 'odense' });
    expect(whatToDo).toContain(`modelbank senders enrol ${id} --centre odense --ae`);
    expect((await bench.api('POST', `/senders/${id}/enrol`, { centreId: 'odense' })).body.detail).toMatch(/add --ae/);
    expect((await bench.api('POST', `/senders/${id}/enrol`, { centreId: 'aarhus', callingAe: true })).status).toBe(409);
    await bench.api('POST', `/senders/${id}/enrol`, { centreId: 'odense', callingAe: true });
    expect((await echo(clientOf('odense'), 'NEW_WS')).exitCode).toBe(0);
  });

  it('that TLS refuses cannot be enrolled until its authority is trusted', async () => {
    const root = await odd('other root', null, ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']);
    await echo(await odd('other client', root), 'NEW_CT');
    const [sender] = await listed(1);
    expect(sender).toMatchObject({
      ...{ code: 'tls.unknownAuthority', isTrusted: false, callingAeTitle: null, subject: 'CN=other client' },
      whatToDo: expect.stringContaining('pki/ca.crt'),
    });
    const body = { centreId: 'odense' };
    const tooEarly = await bench.api('POST', `/senders/${sender.id}/enrol`, body);
    expect(tooEarly).toMatchObject({ status: 400, body: { advice: expect.stringContaining('pki/ca.crt') } });
    expect(await bench.reads.manager.countBy(CentreCertificateEntity, { centreId: 'odense' })).toBe(1);
    const both = [await readFile(bench.pki.caPath), await readFile(root.certPath)].join('');
    await writeFile(bench.pki.caPath, both);
    expect((await bench.api('POST', `/senders/${sender.id}/enrol`, body)).status).toBe(204);
    expect(await bench.reads.manager.countBy(CentreCertificateEntity, { centreId: 'odense' })).toBe(2);
  });

  it.each<[string, string, () => Promise<AuthorityFiles | undefined>]>([
    ['that vouches for itself', 'tls.selfSigned', () => odd('self', null)],
    ['without a certificate', 'tls.noCertificate', () => Promise.resolve(undefined)],
    ["with a server's certificate", 'tls.wrongPurpose', () => Promise.resolve(bench.pki.centres.odense.server)],
  ])('%s is listed and journalled once, and is never enrolled', async (_what, code, certificateOf) => {
    const certificate = await certificateOf();
    const tls = certificate && { cert: await readFile(certificate.certPath), key: await readFile(certificate.keyPath) };
    const peer = await RawPeer.connect(bench.dimsePort, { ca: await readFile(bench.pki.caPath), ...tls });
    await peer.closed();
    const [sender] = await listed(1);
    expect(sender).toMatchObject({ code, isTrusted: false, callingAeTitle: null });
    const answer = await bench.api('POST', `/senders/${sender.id}/enrol`, { centreId: 'odense', callingAe: true });
    expect(answer).toMatchObject({ status: 400, body: { advice: sender.whatToDo } });
    const entries = await bench.journal('peer.refused');
    expect(entries.map(({ details }) => details?.code)).toEqual([code]);
  });

  it('is dismissed, and listed anew when it comes again', async () => {
    await echo(clientOf('unknown'), 'NEW_CT');
    const [first] = await listed(1);
    expect((await bench.api('POST', `/senders/${first.id}/dismiss`, {})).status).toBe(204);
    expect(await senders()).toEqual([]);
    expect(await bench.journal('sender.dismissed')).toMatchObject([{ subjectId: first.id, actor: 'operator' }]);
    await echo(clientOf('unknown'), 'NEW_CT');
    const [second] = await listed(1);
    expect(second.id).not.toBe(first.id);
    expect((await bench.api('GET', `/senders/${first.id}`)).status).toBe(404);
  });

  it('that goes on trying is one row and one journal entry, with the number of its attempts', async () => {
    for (let k = 0; k < 10; k += 1) await echo(clientOf('unknown'), 'NEW_CT');
    expect(await bench.journal('association.rejected')).toHaveLength(1);
    await bench.app.get(SenderBookOfHub, { strict: false }).onApplicationShutdown();
    expect(await listed(1)).toMatchObject([{ attempts: 10 }]);
  });
});

it('leaves the list when its certificate or its title is enrolled in another way', async () => {
  await echo(clientOf('unknown'), 'NEW_CT');
  await echo(clientOf('odense'), 'NEW_WS');
  await listed(2);
  await bench.api('POST', '/centres/odense/calling-aes', { aeTitle: 'NEW_WS' });
  expect(await listed(1)).toMatchObject([{ code: 'UNKNOWN_CERTIFICATE' }]);
  const pem = await readFile(clientOf('unknown').certPath, 'utf8');
  await bench.api('POST', '/centres/aarhus/certificates', { pem });
  await listed(0);
});

describe('titles of a hostile sender', () => {
  const titles: [string, Buffer, string][] = [
    ['control characters', Buffer.from('A\r\nB\x1b[2J\0       '), 'A\\x0d\\x0aB\\x1b[2J\\x00'],
    ['shell text', Buffer.from(';rm -rf $(x)`y` '), ';rm -rf $(x)`y`'],
    ['a way out', Buffer.from('../../etc/passwd'), '../../etc/passwd'],
    ['a backslash', Buffer.from('..\\..\\boot.ini  '), '..\\x5c..\\x5cboot.ini'],
    ['UTF-8', Buffer.from('ÆØÅ\u202e        '), '\\xc3\\x86\\xc3\\x98\\xc3\\x85\\xe2\\x80\\xae'],
    ['a format', Buffer.from('%s%n%s%n        '), '%s%n%s%n'],
    ['SQL', Buffer.from("'; DROP TABLE--  "), "'; DROP TABLE--"],
  ];

  it.each(titles)('%s: refused, shown escaped, in no log line as they are', async (_what, title, shown) => {
    const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('unknown'));
    peer.send(rawAssociateRequest({ callingAeTitle: title }));
    expect(await peer.next()).toMatchObject({ type: 3 });
    await peer.closed();
    const [sender] = await listed(1);
    expect(sender.callingAeTitle).toBe(shown);
    const journal = JSON.stringify((await bench.api('GET', '/journal?limit=5')).body);
    for (const text of [...bench.log, JSON.stringify(sender), journal]) expect(text.trimEnd()).toMatch(/^[ -~]*$/);
    expect(await bench.reads.manager.count(CallingAeEntity)).toBe(2);
  });
});
