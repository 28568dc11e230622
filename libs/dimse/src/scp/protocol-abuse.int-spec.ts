/** Peers that break the upper layer protocol: the stated refusal within two seconds, nothing stored, the SCP goes on. */
import {
  CollectingScp,
  RAW_CT,
  RAW_VERIFICATION,
  RawPeer,
  eventually,
  keptBytes,
  rawAssociateAccept,
  rawAssociateRequest,
  rawCommandSet,
  rawData,
  rawEchoRequest,
  rawItem,
  rawPdu,
  rawStoreRequest,
  readRawCommand,
  verdictOf,
} from '@modelbank/testing';

const COMMAND_LAST = 0x03;
const DATA_LAST = 0x02;
const DATA_MORE = 0x00;
const WITHIN_MS = 2_000;

let scp: CollectingScp;
let peer: RawPeer;

beforeEach(async () => {
  scp = await CollectingScp.start({ limits: { maximumObjectBytes: 1_000_000 } });
  peer = await RawPeer.connect(scp.port);
});
afterEach(async () => {
  peer.close();
  await expectGoodServiceGoesOn();
  await scp.server.close(0);
  expect(scp.openSinks).toBe(0);
});

async function expectGoodServiceGoesOn(): Promise<void> {
  const good = await RawPeer.connect(scp.port);
  good.send(rawAssociateRequest());
  expect(await good.next()).toMatchObject({ type: 2 });
  good.send(rawData(1, COMMAND_LAST, rawEchoRequest(7)));
  const reply = await good.next();
  expect(reply !== 'closed' && readRawCommand(reply.bytes)).toEqual({ commandField: 0x8030, messageId: 7, status: 0 });
  good.send(rawPdu(0x05));
  expect(await good.next()).toMatchObject({ type: 6 });
  await good.closed();
}

async function associate(request = {}): Promise<void> {
  peer.send(rawAssociateRequest(request));
  expect(await peer.next(WITHIN_MS)).toMatchObject({ type: 2 });
}

async function expectAbort(source: number, reason: number, rules = ['protocolViolation']): Promise<void> {
  expect(verdictOf(await peer.next(WITHIN_MS))).toEqual([7, source, reason]);
  await peer.closed(WITHIN_MS);
  expect(scp.incidents.map(({ rule }) => rule)).toEqual(rules);
  expect(scp.incidents[0].remoteAddress).toBe('127.0.0.1');
  expect(scp.instances).toEqual([]);
}

async function statusOf(command: Buffer, contextId = RAW_CT.id): Promise<number | undefined> {
  peer.send(rawData(contextId, COMMAND_LAST, command));
  const reply = await peer.next(WITHIN_MS);
  return reply === 'closed' ? undefined : readRawCommand(reply.bytes).status;
}

describe('PDUs before an association', () => {
  it('B1 closes on an absurd length before the body is read', async () => {
    const before = keptBytes();
    peer.send(rawPdu(0x01, Buffer.alloc(0), 0xfffffff0));
    const zeros = Buffer.alloc(1_000_000);
    for (let sent = 0; sent < 100 && !peer.socket.destroyed; sent += 1) {
      peer.send(zeros);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.closed(WITHIN_MS);
    expect(scp.incidents.map(({ rule }) => rule)).toEqual(['protocolViolation']);
    // the test's own sending buffer is in here too
    expect(keptBytes() - before).toBeLessThan(200 * 1024 ** 2);
  });

  it.each([
    ['B1 a request of 65537 bytes', rawPdu(0x01, Buffer.alloc(0), 65_537), 2, 6],
    ['B6 PDU type 00', rawPdu(0x00), 2, 1],
    ['B6 PDU type 08', rawPdu(0x08), 2, 1],
    ['B6 PDU type FF', rawPdu(0xff), 2, 1],
    ['A11 a TLS client hello', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), 2, 1],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 2, 1],
    ['B7 P-DATA', rawData(1, COMMAND_LAST, rawEchoRequest()), 2, 2],
    ['B7 A-ASSOCIATE-AC', rawAssociateAccept(), 2, 2],
    ['B7 A-RELEASE-RP', rawPdu(0x06), 2, 2],
    ['an association request shorter than its fixed part', rawPdu(0x01, Buffer.alloc(67)), 2, 6],
    ['an item longer than the PDU', rawPdu(0x01, Buffer.concat([Buffer.alloc(68), rawItem(0x10, 'x', 500)])), 2, 6],
    ['an even context id', rawAssociateRequest({ contexts: [{ ...RAW_CT, id: 2 }] }), 2, 6],
    ['a context id twice', rawAssociateRequest({ contexts: [RAW_CT, RAW_CT] }), 2, 6],
    [
      'a context without transfer syntax',
      rawAssociateRequest({ contexts: [{ ...RAW_CT, transferSyntaxes: [] }] }),
      2,
      6,
    ],
    ['B5 a maximum length of 1', rawAssociateRequest({ maximumLength: 1 }), 2, 6],
    ['B5 a maximum length of 7', rawAssociateRequest({ maximumLength: 7 }), 2, 6],
    ['B5 a maximum length of 1023', rawAssociateRequest({ maximumLength: 1_023 }), 2, 6],
  ])('%s is aborted', async (_name, bytes, source, reason) => {
    peer.send(bytes);
    await expectAbort(source, reason);
  });

  it.each([
    ['B5 no limit', 0],
    ['B5 a huge one', 0xffff_ffff],
    ['none at all', null],
    ['1024', 1_024],
  ])('maximum length: %s is served', async (_name, maximumLength) => {
    await associate({ maximumLength });
    expect(await statusOf(rawEchoRequest(), RAW_VERIFICATION.id)).toBe(0);
  });
});

describe('PDUs inside an association', () => {
  beforeEach(() => associate({ contexts: [RAW_VERIFICATION, RAW_CT, { ...RAW_CT, id: 5, abstractSyntax: '1.2.3' }] }));

  it.each([
    ['B2 P-DATA of length 0', rawPdu(0x04, Buffer.alloc(0)), 2, 6],
    ['B2 P-DATA of length 2', rawPdu(0x04, Buffer.alloc(2)), 2, 6],
    ['B2 P-DATA of length 5', rawPdu(0x04, Buffer.alloc(5)), 2, 6],
    ['B3 P-DATA one byte over the maximum', rawPdu(0x04, Buffer.alloc(0), 131_073), 2, 6],
    ['a PDV of length 0', rawPdu(0x04, Buffer.from([0, 0, 0, 0, 1, 3])), 2, 6],
    ['a PDV longer than its PDU', rawPdu(0x04, Buffer.from([0, 0, 0, 9, 1, 3, 0, 0])), 2, 6],
    ['bytes after the last PDV', rawPdu(0x04, Buffer.from([0, 0, 0, 2, 1, 1, 9, 9, 9])), 2, 6],
    ['B7 a second association request', rawAssociateRequest(), 2, 2],
    ['B7 A-ASSOCIATE-AC', rawAssociateAccept(), 2, 2],
    ['B7 A-RELEASE-RP', rawPdu(0x06), 2, 2],
    ['A-RELEASE-RQ of a wrong length', rawPdu(0x05, Buffer.alloc(8)), 2, 6],
    ['B14 a wrong group length', rawData(1, COMMAND_LAST, rawCommandSet({ 0x0100: 0x30, 0x0800: 0x0101 }, 2)), 0, 0],
    ['B14 no command field', rawData(1, COMMAND_LAST, rawCommandSet({ 0x0110: 1, 0x0800: 0x0101 })), 0, 0],
    ['no message id', rawData(1, COMMAND_LAST, rawCommandSet({ 0x0100: 0x30, 0x0800: 0x0101 })), 0, 0],
    ['an element cut off', rawData(1, COMMAND_LAST, rawEchoRequest().subarray(0, -3)), 0, 0],
    ['a response nobody asked for', rawData(1, COMMAND_LAST, rawCommandSet({ 0x0100: 0x8001, 0x0800: 0x0101 })), 0, 0],
    ['a context never proposed', rawData(9, COMMAND_LAST, rawEchoRequest()), 0, 0],
    ['a context that was refused', rawData(5, COMMAND_LAST, rawStoreRequest('1.2.3', 1, '1.2.3')), 0, 0],
    ['data without a command', rawData(3, DATA_LAST, Buffer.alloc(8)), 0, 0],
  ])('%s is aborted', async (_name, bytes, source, reason) => {
    peer.send(bytes);
    await expectAbort(source, reason);
    await eventually(() => scp.ends.length > 0);
    expect(scp.ends).toEqual(['aborted']);
  });

  it('B14 a command set of 1 MB is aborted', async () => {
    for (let part = 0; part < 10; part += 1) peer.send(rawData(3, 0x01, Buffer.alloc(100_000)));
    await expectAbort(0, 0);
  });

  it('a command inside a data set is aborted, and the sink is told', async () => {
    peer.send(rawData(3, COMMAND_LAST, rawStoreRequest('1.2.3')), rawData(3, DATA_MORE, Buffer.alloc(100)));
    peer.send(rawData(3, COMMAND_LAST, rawStoreRequest('1.2.4')));
    await expectAbort(0, 0);
    await eventually(() => scp.ends.length === 1);
    expect(scp.abortedSinks).toBe(1);
  });

  it('B14 "no data set" with a data set behind it: a failure status, then the abort', async () => {
    const command = rawCommandSet({
      0x0002: RAW_CT.abstractSyntax,
      0x0100: 1,
      0x0110: 1,
      0x0800: 0x0101,
      0x1000: '1.2.3',
    });
    expect(await statusOf(command)).toBe(0x0110);
    peer.send(rawData(3, DATA_LAST, Buffer.alloc(8)));
    await expectAbort(0, 0, ['operationRefused', 'protocolViolation']);
  });

  it.each([
    ['B14 an unknown command', 0x0999, 0x0211],
    ['B16 C-FIND', 0x0020, 0x0122],
    ['B16 C-GET', 0x0010, 0x0122],
    ['B16 C-MOVE', 0x0021, 0x0122],
    ['B16 N-ACTION', 0x0130, 0x0122],
  ])('%s gets its status and the association goes on', async (_name, commandField, status) => {
    expect(await statusOf(rawCommandSet({ 0x0100: commandField, 0x0110: 5, 0x0800: 0x0101 }))).toBe(status);
    expect(scp.incidents.map(({ rule }) => rule)).toEqual(['operationRefused']);
    peer.send(rawData(3, COMMAND_LAST, rawCommandSet({ 0x0100: commandField, 0x0110: 6, 0x0800: 1 })));
    peer.send(rawData(3, DATA_LAST, Buffer.alloc(40)));
    expect(readRawCommand(((await peer.next()) as { bytes: Buffer }).bytes)).toMatchObject({ messageId: 6, status });
    expect(await statusOf(rawEchoRequest(), RAW_VERIFICATION.id)).toBe(0);
  });

  it('B16 a flood of C-CANCEL is ignored', async () => {
    const cancel = rawData(3, COMMAND_LAST, rawCommandSet({ 0x0100: 0x0fff, 0x0120: 1, 0x0800: 0x0101 }));
    peer.send(Buffer.concat(Array.from({ length: 20_000 }, () => cancel)));
    expect(await statusOf(rawEchoRequest(3), RAW_VERIFICATION.id)).toBe(0);
  });

  it.each([
    ['B14 no instance UID', rawCommandSet({ 0x0002: RAW_CT.abstractSyntax, 0x0100: 1, 0x0110: 1, 0x0800: 1 }), 0x0110],
    ['D1 a path as instance UID', rawStoreRequest('../../pwn'), 0xa900],
    ['D1 an instance UID with a NUL inside', rawStoreRequest('1.2.3\0.dcm'), 0xa900],
    ['D1 an instance UID of 65 characters', rawStoreRequest(`1.${'2'.repeat(63)}`), 0xa900],
    ['another SOP class than the context', rawStoreRequest('1.2.3', 1, '1.2.840.10008.5.1.4.1.1.4'), 0x0122],
  ])('%s is refused after its data set, and the association goes on', async (_name, command, status) => {
    peer.send(rawData(3, COMMAND_LAST, command), rawData(3, DATA_LAST, Buffer.alloc(1_000)));
    expect(readRawCommand(((await peer.next()) as { bytes: Buffer }).bytes).status).toBe(status);
    expect(scp.openSinks + scp.abortedSinks + scp.instances.length).toBe(0);
    expect(await statusOf(rawEchoRequest(), RAW_VERIFICATION.id)).toBe(0);
  });

  it('B14 a message id that was used before is no problem once its operation is over', async () => {
    for (const uid of ['1.2.3', '1.2.4']) {
      peer.send(rawData(3, COMMAND_LAST, rawStoreRequest(uid, 1)), rawData(3, DATA_LAST, Buffer.alloc(10)));
      expect(readRawCommand(((await peer.next()) as { bytes: Buffer }).bytes)).toMatchObject({
        messageId: 1,
        status: 0,
      });
    }
    expect(scp.instances.map(({ request }) => request.sopInstanceUid)).toEqual(['1.2.3', '1.2.4']);
  });

  it('an object over the limit gets 0xC000; one that never ends is aborted', async () => {
    peer.send(rawData(3, COMMAND_LAST, rawStoreRequest('1.2.3')));
    for (let part = 0; part < 12; part += 1) peer.send(rawData(3, DATA_MORE, Buffer.alloc(100_000)));
    peer.send(rawData(3, DATA_LAST, Buffer.alloc(2)));
    expect(readRawCommand(((await peer.next()) as { bytes: Buffer }).bytes).status).toBe(0xc000);
    expect(scp.abortedSinks).toBe(1);
    scp.incidents.length = 0;
    peer.send(rawData(3, COMMAND_LAST, rawStoreRequest('1.2.4')));
    for (let part = 0; part < 25; part += 1) peer.send(rawData(3, DATA_MORE, Buffer.alloc(100_000)));
    expect(await peer.next()).toMatchObject({ type: 7 });
    expect(scp.instances).toEqual([]);
  });

  it('a data set in pieces of every kind arrives whole: split PDVs, several in one PDU, empty ones, byte by byte', async () => {
    const dataSet = Buffer.from(Array.from({ length: 400 }, (_, index) => index % 251));
    const pdv = (control: number, bytes: Buffer) => rawData(3, control, bytes).subarray(6);
    const bytes = Buffer.concat([
      rawData(3, 0x01, rawStoreRequest('1.2.3').subarray(0, 50)),
      rawData(3, COMMAND_LAST, rawStoreRequest('1.2.3').subarray(50)),
      rawData(3, DATA_MORE, dataSet.subarray(0, 100)),
      rawPdu(
        0x04,
        Buffer.concat([pdv(DATA_MORE, dataSet.subarray(100, 150)), pdv(DATA_MORE, dataSet.subarray(150, 300))]),
      ),
      rawData(3, DATA_MORE, Buffer.alloc(0)),
      rawData(3, DATA_MORE, dataSet.subarray(300)),
      rawData(3, DATA_LAST, Buffer.alloc(0)),
    ]);
    peer.socket.setNoDelay(true);
    await peer.dribble(bytes, 0);
    expect(readRawCommand(((await peer.next()) as { bytes: Buffer }).bytes).status).toBe(0);
    expect(scp.instances[0].dataSet.equals(dataSet)).toBe(true);
  });
});
