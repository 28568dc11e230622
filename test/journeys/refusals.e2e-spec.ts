/** Whoever may not send, and whatever is no scan, is refused with a code and leaves nothing; meanwhile a good CT arrives. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitPart10 } from '@modelbank/dicom';
import { openAssociation, readStoreOperation } from '@modelbank/dimse';
import type { OutgoingAssociation } from '@modelbank/dimse';
import {
  RAW_CT,
  RawPeer,
  TOOLS,
  eventually,
  hasTool,
  rawAssociateRequest,
  rawData,
  rawEchoRequest,
  rawStoreRequest,
  readRawCommand,
  runStorescu,
  verdictOf,
} from '@modelbank/testing';
import type { ToolTls } from '@modelbank/testing';
import { expired, ofOtherAuthority, ofOwnAuthority, selfSigned, socketTls } from './support/certificates';
import { addDestination, enrolCentre, until, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import type { PhantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { journeyPackage, SMALL_CHEST } from './support/journey-package';
import { Ledger, NOTHING_WRONG, reconcile } from './support/ledger';
import { startReceiver } from './support/receiver';
import type { Receiver } from './support/receiver';

interface JournalEntry {
  readonly actor: string;
  readonly text: string;
  readonly details: Record<string, string>;
}

const REJECTED_CALLING = [3, 1, 1, 3];
const REJECTED_CALLED = [3, 1, 1, 7];

let hub: HubProcess;
let odense: JourneyCentre;
let aarhus: JourneyCentre;
let receiver: Receiver;
let good: PhantomFiles;
let association: OutgoingAssociation;
const ledger = new Ledger();
let arrived = 0;

beforeAll(async () => {
  hub = await startHubProcess(newHome(), { MODELBANK_LOG_LEVEL: 'info' });
  odense = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT' });
  aarhus = await enrolCentre(hub, { id: 'aarhus', aeTitle: 'AARHUS_CT', sendsWholeSeries: true });
  receiver = await startReceiver(aarhus.server);
  await addDestination(hub, 'aarhus', { aeTitle: 'ARCHIVE', port: receiver.port });
  await hub.api.post('/models', { folder: journeyPackage(join(hub.home, 'package')) });
  good = await phantomFiles(join(hub.home, 'good'), 'good', { ...SMALL_CHEST, slices: 24, sliceSpacingMm: 8 });
  const tls = tlsText(aarhus.client);
  association = await openAssociation({
    ...{ host: '127.0.0.1', port: hub.dimsePort, tls, callingAeTitle: 'AARHUS_CT', calledAeTitle: 'MODELBANK' },
    presentationContexts: [await readStoreOperation(good.paths[0])],
  });
}, 60_000);
afterAll(async () => {
  await receiver.close();
  await hub.stop();
  removeHome(hub.home);
});
/** While something was refused, one more slice of the other centre is taken. */
afterEach(sendGoodSlice);

function tlsText({ caPath, certPath, keyPath }: ToolTls) {
  const [ca, cert, key] = [caPath, certPath, keyPath].map((path) => readFileSync(path));
  return { ca, cert, key };
}

async function sendGoodSlice(): Promise<void> {
  if (arrived === good.paths.length) return;
  const operation = await readStoreOperation(good.paths[arrived]);
  expect((await association.store(operation)).code).toBe(0);
  ledger.record([{ path: '', sopInstanceUid: operation.sopInstanceUid, status: { code: 0 } as never }]);
  arrived += 1;
}

const rejections = (): Promise<JournalEntry[]> => hub.api.get('/journal?kind=association.rejected');

async function incidents(rule: string): Promise<number> {
  const token = readFileSync(join(hub.home, 'operator.token'), 'utf8').trim();
  const answer = await fetch(`${hub.api.baseUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return Number(new RegExp(`incidents_total{code="${rule}"} (\\d+)`).exec(await answer.text())?.[1] ?? 0);
}

/** dcmtk's storescu with the files of a CT; undefined where it is not installed. */
async function storescu(tls: ToolTls, callingAeTitle: string, calledAeTitle = 'MODELBANK') {
  if (hasTool(TOOLS.storescu)) {
    return runStorescu({ port: hub.dimsePort, callingAeTitle, calledAeTitle, tls }, good.paths.slice(0, 2));
  }
  process.stderr.write('not tried with storescu: dcmtk is not installed\n');
  return undefined;
}

describe('whoever may not send', () => {
  it.each<[string, string, () => Promise<ToolTls>]>([
    ['a self-signed certificate', 'selfSigned', () => selfSigned(hub.home, 'odense')],
    [
      "another authority's certificate with our authority's name",
      'unknownAuthority',
      () => ofOtherAuthority(hub.home, 'odense'),
    ],
    ['an expired certificate', 'expired', () => expired(hub.home, 'odense')],
  ])('%s is refused in the TLS handshake', async (_what, refusal, certificate) => {
    const before = await incidents('tls');
    const logged = hub.output().length;
    const tls = await certificate();
    const peer = await RawPeer.connect(hub.dimsePort, await socketTls(tls));
    peer.send(rawAssociateRequest({ callingAeTitle: 'ODENSE_CT' }));
    expect(await peer.next()).toBe('closed');
    await until(
      () => incidents('tls'),
      (count) => count === before + 1,
    );
    const sent = await storescu(tls, 'ODENSE_CT');
    if (sent !== undefined) expect(sent.exitCode).not.toBe(0);
    expect(hub.output().slice(logged)).toContain(`TLS handshake failed: ${refusal}`);
  });

  it('no certificate at all is refused in the TLS handshake', async () => {
    const before = await incidents('tls');
    const peer = await RawPeer.connect(hub.dimsePort, await socketTls({ caPath: odense.client.caPath }));
    peer.send(rawAssociateRequest({ callingAeTitle: 'ODENSE_CT' }));
    expect(await peer.next()).toBe('closed');
    await until(
      () => incidents('tls'),
      (count) => count === before + 1,
    );
  });

  it.each<[string, string, string, string, number[], () => Promise<ToolTls> | ToolTls]>([
    [
      'the AE title of another centre',
      'AARHUS_CT',
      'MODELBANK',
      'AE_TITLE_MISMATCH',
      REJECTED_CALLING,
      () => odense.client,
    ],
    ['an unknown sender', 'NOBODY', 'MODELBANK', 'AE_TITLE_MISMATCH', REJECTED_CALLING, () => odense.client],
    [
      'a certificate that no centre enrolled',
      'ODENSE_CT',
      'MODELBANK',
      'UNKNOWN_CERTIFICATE',
      REJECTED_CALLING,
      () => ofOwnAuthority(hub.home, 'odense'),
    ],
    ['an unknown called AE title', 'ODENSE_CT', 'ELSEWHERE', 'CALLED_AE_UNKNOWN', REJECTED_CALLED, () => odense.client],
  ])('%s is rejected and journalled', async (_what, calling, called, code, verdict, certificate) => {
    const tls = await certificate();
    const peer = await RawPeer.connect(hub.dimsePort, await socketTls(tls));
    peer.send(rawAssociateRequest({ callingAeTitle: calling, calledAeTitle: called }));
    expect(verdictOf(await peer.next())).toEqual(verdict);
    const [entry, ...more] = (await rejections()).filter(
      ({ details }) => details.code === code && details.callingAeTitle === calling,
    );
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      actor: new X509Certificate(readFileSync(tls.certPath)).fingerprint256.replaceAll(':', '').toLowerCase(),
      details: { code, rejection: verdict.slice(1).join('/'), callingAeTitle: calling, calledAeTitle: called },
    });
    expect(entry.text).toMatch(/^an association was refused: /);
    const sent = await storescu(tls, calling, called);
    if (sent === undefined) return;
    expect(sent.exitCode).not.toBe(0);
    expect(sent.output).toMatch(code === 'CALLED_AE_UNKNOWN' ? /Called AE Title Not/ : /Calling AE Title Not/);
  });

  it('a revoked certificate loses its live association in the middle of an object, and gets no new one', async () => {
    const vejle = await enrolCentre(hub, { id: 'vejle', aeTitle: 'VEJLE_CT' });
    const tls = await socketTls(vejle.client);
    const peer = await RawPeer.connect(hub.dimsePort, tls);
    peer.send(rawAssociateRequest({ callingAeTitle: 'VEJLE_CT' }));
    expect(verdictOf(await peer.next())).toMatchObject({ 0: 2 });
    const { dataSet, uid } = goodDataSet();
    peer.send(rawData(RAW_CT.id, 0x03, rawStoreRequest(uid)), rawData(RAW_CT.id, 0x00, dataSet.subarray(0, 4000)));
    const [{ fingerprintSha256 }] = (
      await hub.api.get<{ certificates: { fingerprintSha256: string }[] }>('/centres/vejle')
    ).certificates;
    await hub.api.post(`/centres/vejle/certificates/${fingerprintSha256}/revoke`);
    await peer.closed();
    const again = await RawPeer.connect(hub.dimsePort, tls);
    again.send(rawAssociateRequest({ callingAeTitle: 'VEJLE_CT' }));
    expect(verdictOf(await again.next())).toEqual(REJECTED_CALLING);
    expect((await rejections()).map(({ details }) => details.code)).toContain('CERTIFICATE_REVOKED');
  });
});

function goodDataSet(): { dataSet: Buffer; uid: string } {
  const bytes = readFileSync(good.paths.at(-1)!);
  const { dataSetOffset, meta } = splitPart10(bytes);
  return { dataSet: bytes.subarray(dataSetOffset), uid: meta.sopInstanceUid! };
}

/** Nothing but headers of ContentSequence and item, each of undefined length. */
function nestingBomb(depth: number): Buffer {
  const level = Buffer.from('4000 30a7 5351 0000 ffffffff feff 00e0 ffffffff'.replaceAll(' ', ''), 'hex');
  return Buffer.concat(Array.from({ length: depth }, () => level));
}

describe('what is no scan', () => {
  let peer: RawPeer;
  beforeAll(async () => {
    peer = await RawPeer.connect(hub.dimsePort, await socketTls(odense.client));
    peer.send(rawAssociateRequest({ callingAeTitle: 'ODENSE_CT' }));
    await peer.next();
  });
  afterAll(() => peer.close());

  async function store(dataSet: Buffer, sopInstanceUid: string): Promise<number | undefined> {
    peer.send(rawData(RAW_CT.id, 0x03, rawStoreRequest(sopInstanceUid)));
    for (let at = 0; at === 0 || at < dataSet.length; at += 16_000) {
      const isLast = at + 16_000 >= dataSet.length;
      peer.send(rawData(RAW_CT.id, isLast ? 0x02 : 0x00, dataSet.subarray(at, at + 16_000)));
    }
    const answer = await peer.next();
    return answer === 'closed' ? undefined : readRawCommand(answer.bytes).status;
  }

  it.each<[string, string, (dataSet: Buffer) => Buffer, string | undefined, number]>([
    ['a truncated object', 'DATASET_TRUNCATED', (whole) => whole.subarray(0, whole.length - 100), undefined, 0xc000],
    ['an object cut in its header', 'DATASET_TRUNCATED', (whole) => whole.subarray(0, 301), undefined, 0xc000],
    ['a text file', 'DATASET', () => Buffer.from('Dear colleague, here is the scan. '.repeat(50)), undefined, 0xc000],
    ['a zero-length file', 'DATASET', () => Buffer.alloc(0), undefined, 0xc000],
    ['another SOP Instance UID than announced', 'DATASET_MISMATCH', (whole) => whole, '1.2.3.4.5.6', 0xa900],
    ['a nesting bomb', 'DATASET_TOO_DEEP', () => nestingBomb(30_000), undefined, 0xc000],
  ])('%s is refused, and the association goes on', async (_what, code, made, announced, status) => {
    const logged = hub.output().length;
    const { dataSet, uid } = goodDataSet();
    expect(await store(made(dataSet), announced ?? uid)).toBe(status);
    await eventually(() => hub.output().slice(logged).includes(code));
    peer.send(rawData(1, 0x03, rawEchoRequest(7)));
    const echo = await peer.next();
    expect(echo === 'closed' ? echo : readRawCommand(echo.bytes)).toMatchObject({ status: 0 });
  });
});

it('after all that, the CT of the other centre is complete, and nothing else was kept', async () => {
  while (arrived < good.paths.length) await sendGoodSlice();
  await association.release();
  const progress = await untilSettled(hub, good.studyInstanceUid, 'aarhus');
  expect(progress).toMatchObject({
    instancesStored: good.paths.length,
    dispositions: { assembled: good.paths.length },
  });
  expect(receiver.structureSetsOf(good.seriesInstanceUid)).toHaveLength(1);
  expect(reconcile(hub.home, ledger, receiver)).toEqual(NOTHING_WRONG);
  expect(await hub.api.get('/series?centre=odense')).toEqual([]);
  expect(await hub.api.get('/series?centre=vejle')).toEqual([]);
}, 60_000);
