/** Peers that answer our SCU wrongly, late or not at all: a clear code each, and never an instance taken for stored. */
import {
  ManualTimers,
  RAW_CT,
  ScriptedScp,
  rawAssociateAccept,
  rawCommandSet,
  rawData,
  rawPdu,
  type RawPeer,
} from '@modelbank/testing';
import { openAssociation, type AssociationOptions } from '../index';

const CONTEXT = { id: 1, abstractSyntax: RAW_CT.abstractSyntax, transferSyntaxes: RAW_CT.transferSyntaxes };
const ACCEPT = rawAssociateAccept({ contexts: [CONTEXT] });
const WANTED = { sopClassUid: CONTEXT.abstractSyntax, transferSyntaxUid: CONTEXT.transferSyntaxes[0] };
const response = (elements: Record<number, number>) =>
  rawData(1, 3, rawCommandSet({ 0x0100: 0x8001, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0, ...elements }));

let scp: ScriptedScp;
afterEach(() => scp.close());

const target = (more: Partial<AssociationOptions> = {}): AssociationOptions => ({
  host: '127.0.0.1',
  port: scp.port,
  callingAeTitle: 'MODELBANK',
  calledAeTitle: 'PACS',
  presentationContexts: [WANTED],
  ...more,
});

/** Answers the association request with `first`, and the first thing after it with `second`. */
const answering = (first: Buffer, second: Buffer = Buffer.alloc(0)) =>
  ScriptedScp.listen(async (peer: RawPeer) => {
    await peer.next();
    peer.send(first);
    await peer.next();
    peer.send(second);
  });

describe('answers to the association request', () => {
  it.each([
    ['a permanent rejection', rawPdu(3, Buffer.from([0, 1, 1, 3])), 'PEER_REJECTED', 'calling AE title not recognised'],
    ['a transient rejection', rawPdu(3, Buffer.from([0, 2, 3, 2])), 'PEER_ABORTED', 'local limit exceeded'],
    ['a rejection out of the table', rawPdu(3, Buffer.from([0, 9, 9, 9])), 'PEER_REJECTED', '9/9/9'],
    ['an abort', rawPdu(7, Buffer.from([0, 0, 2, 1])), 'PEER_ABORTED', 'unrecognised PDU'],
    ['data', response({}), 'PROTOCOL_ERROR', 'not expected'],
    ['an absurd length', rawPdu(2, Buffer.alloc(0), 0xffff_fff0), 'PROTOCOL_ERROR', 'length'],
    [
      'a maximum length of 16',
      rawAssociateAccept({ contexts: [CONTEXT], maximumLength: 16 }),
      'PROTOCOL_ERROR',
      '16 bytes',
    ],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'PROTOCOL_ERROR', 'does not exist'],
  ])('%s', async (_name, bytes, code, words) => {
    scp = await answering(bytes);
    const failure = await openAssociation(target()).catch((error: Error) => error);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('a closed connection', async () => {
    scp = await ScriptedScp.listen((peer) => peer.close());
    await expect(openAssociation(target())).rejects.toMatchObject({ code: 'PEER_ABORTED', retryable: true });
  });

  it('silence', async () => {
    scp = await ScriptedScp.listen(() => undefined);
    await expect(openAssociation(target({ timeouts: { associateMs: 50 } }))).rejects.toMatchObject({
      code: 'PEER_TIMEOUT',
      retryable: true,
    });
  });

  it('an acceptance in another transfer syntax than the proposed one is none', async () => {
    scp = await answering(rawAssociateAccept({ contexts: [{ ...CONTEXT, transferSyntaxes: ['1.2.840.10008.1.2'] }] }));
    const association = await openAssociation(target());
    expect(association.accepts(WANTED)).toBe(false);
    association.abort();
  });
});

describe('answers to a C-STORE', () => {
  const store = async (more: Partial<AssociationOptions> = {}) => {
    const association = await openAssociation(target(more));
    return association.store({ ...WANTED, sopInstanceUid: '1.2.3', source: Buffer.alloc(100) });
  };

  it.each([
    [0x0000, 'success'],
    [0xb007, 'warning'],
    [0xb123, 'warning'],
    [0xa700, 'retryableFailure'],
    [0xa900, 'permanentFailure'],
    [0xc123, 'permanentFailure'],
    [0x0122, 'permanentFailure'],
    [0x1234, 'permanentFailure'],
  ])('status %i is %s', async (code, kind) => {
    scp = await answering(ACCEPT, response({ 0x0900: code }));
    expect(await store()).toMatchObject({ code, kind });
  });

  it.each([
    ['for another message', response({ 0x0120: 77 })],
    ['for another operation', response({ 0x0100: 0x8030 })],
    ['that announces a data set', response({ 0x0800: 1 })],
    ['without status', rawData(1, 3, rawCommandSet({ 0x0100: 0x8001, 0x0120: 1, 0x0800: 0x0101 }))],
    ['that is no command set', rawData(1, 3, Buffer.from('nonsense'))],
    ['that never ends', Buffer.concat(Array.from({ length: 10 }, () => rawData(1, 1, Buffer.alloc(4_000))))],
    ['as data', rawData(1, 2, Buffer.alloc(10))],
    ['longer than we said we take', rawPdu(4, Buffer.alloc(0), 131_073)],
  ])('a response %s breaks the protocol', async (_name, bytes) => {
    scp = await answering(ACCEPT, bytes);
    await expect(store()).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
  });

  it('a release or an abort instead of a response', async () => {
    for (const bytes of [rawPdu(5), rawPdu(7)]) {
      scp = await answering(ACCEPT, bytes);
      await expect(store()).rejects.toMatchObject({ code: 'PEER_ABORTED' });
      await scp.close();
    }
  });

  it('silence: the clock of the response runs out', async () => {
    const timers = new ManualTimers();
    scp = await answering(ACCEPT);
    const failure = store({ timers }).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    timers.advance(60_000);
    expect(await failure).toMatchObject({ code: 'PEER_TIMEOUT' });
  });

  it('a peer that takes no more bytes', async () => {
    scp = await ScriptedScp.listen(async (peer) => {
      await peer.next();
      peer.send(ACCEPT);
      peer.socket.pause();
    });
    const association = await openAssociation(target({ timeouts: { responseMs: 200 } }));
    const endless = { ...WANTED, sopInstanceUid: '1.2.3', source: Buffer.alloc(50_000_000) };
    await expect(association.store(endless)).rejects.toMatchObject({ code: 'PEER_TIMEOUT' });
  });

  it('a file that cannot be read to its end aborts the association: no half object', async () => {
    const seen: number[] = [];
    scp = await ScriptedScp.listen(async (peer) => {
      await peer.next();
      peer.send(ACCEPT);
      for (let pdu = await peer.next(); pdu !== 'closed'; pdu = await peer.next()) seen.push(pdu.type);
    });
    const association = await openAssociation(target());
    const missing = { ...WANTED, sopInstanceUid: '1.2.3', source: { path: '/nonexistent', offset: 0 } };
    await expect(association.store(missing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(association.release()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual([4, 7]);
  });

  it('two operations at a time are refused', async () => {
    scp = await answering(ACCEPT, response({}));
    const association = await openAssociation(target());
    const operation = { ...WANTED, sopInstanceUid: '1.2.3', source: Buffer.alloc(10) };
    const first = association.store(operation);
    await expect(association.store(operation)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(first).resolves.toMatchObject({ kind: 'success' });
    association.abort();
    await expect(association.store(operation)).rejects.toMatchObject({ code: 'PEER_ABORTED' });
  });
});
