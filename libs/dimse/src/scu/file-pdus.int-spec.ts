/** Files of every awkward size arrive byte by byte, in PDUs that the peer takes; one that is cut short is never whole. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, deriveUid, part10Preamble, sopClassUid } from '@modelbank/dicom';
import { CollectingScp } from '@modelbank/testing';
import { openAssociation, readStoreOperation } from '../index';
import { PduBuffers, sendFilePdus } from './file-pdus';

const CT = { sopClassUid: sopClassUid('CTImageStorage'), transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
const PAYLOAD = 4_096 - 6;
let folder: string;
let scp: CollectingScp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-pdus-'));
  scp = await CollectingScp.start({ limits: { maximumPduBytes: 4_096 } });
});
afterAll(async () => {
  await scp.server.close(0);
  await rm(folder, { recursive: true });
});
beforeEach(() => (scp.instances.length = 0));

const bytesOf = (length: number) =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251));

const open = () =>
  openAssociation({
    ...{ host: '127.0.0.1', port: scp.port, callingAeTitle: 'A', calledAeTitle: 'B', presentationContexts: [CT] },
  });

it.each([0, 2, PAYLOAD - 2, PAYLOAD, PAYLOAD + 2, 4 * PAYLOAD, 4 * PAYLOAD + 2, 8 * PAYLOAD, 100_000, 1_000_000])(
  'a data set of %i bytes',
  async (length) => {
    const path = join(folder, `${length}.bin`);
    await writeFile(path, Buffer.concat([Buffer.from('before'), bytesOf(length)]));
    const association = await open();
    for (const twice of ['first', 'second']) {
      const operation = { ...CT, sopInstanceUid: deriveUid(String(length), twice), source: { path, offset: 6 } };
      expect(await association.store(operation)).toMatchObject({ kind: 'success' });
    }
    await association.release();
    expect(scp.instances.map(({ dataSet }) => dataSet.equals(bytesOf(length)))).toEqual([true, true]);
  },
);

it('a file that becomes shorter while it is sent is a failure', async () => {
  const path = join(folder, 'shorter.bin');
  await writeFile(path, bytesOf(100_000));
  const buffers = new PduBuffers(4_096);
  let sent = 0;
  const send = async (_pdu: Buffer, onTaken: () => void): Promise<void> => {
    if (sent === 0) await truncate(path, 50_000);
    sent += 1;
    onTaken();
  };
  const sending = sendFilePdus(path, 0, { contextId: 1, buffers, send, waitForRoom: (room) => room });
  await expect(sending).rejects.toThrow('shorter');
  expect(sent).toBeLessThan(15);
});

it('a peer that takes nothing costs eight buffers and no more', async () => {
  const path = join(folder, 'waiting.bin');
  await writeFile(path, bytesOf(100_000));
  const taken: (() => void)[] = [];
  const buffers = new PduBuffers(4_096);
  const send = async (_pdu: Buffer, onTaken: () => void): Promise<void> => void taken.push(onTaken);
  let waits = 0;
  const waitForRoom = (room: Promise<void>): Promise<void> => {
    waits += 1;
    expect(taken).toHaveLength(8);
    for (const onTaken of taken.splice(0)) onTaken();
    return room;
  };
  await sendFilePdus(path, 0, { contextId: 1, buffers, send, waitForRoom });
  expect(waits).toBe(3);
});

it.each([3_000, 3_700, 20_000])('meta information of some %i bytes is found whole', async (length) => {
  const path = join(folder, `meta ${length}.dcm`);
  const preamble = part10Preamble({ ...CT, sopInstanceUid: deriveUid('meta') });
  const information = metaElement(0x0102, length);
  await writeFile(path, Buffer.concat([preamble, information, Buffer.from('08001600', 'hex'), Buffer.alloc(60)]));
  const { source } = await readStoreOperation(path);
  expect(source).toEqual({ path, offset: preamble.length + information.length });
});

it('meta information that ends just where the first read does is found whole', async () => {
  const path = join(folder, 'boundary.dcm');
  const preamble = part10Preamble({ ...CT, sopInstanceUid: deriveUid('meta') });
  const first = metaElement(0x0100, 4_096 - preamble.length - 12);
  const second = metaElement(0x0102, 100);
  await writeFile(path, Buffer.concat([preamble, first, second, Buffer.from('08001600', 'hex'), Buffer.alloc(60)]));
  const { source } = await readStoreOperation(path);
  expect(source).toEqual({ path, offset: 4_096 + 112 });
});

function metaElement(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(12 + length);
  bytes.writeUInt16LE(0x0002, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.write('OB', 4, 'latin1');
  bytes.writeUInt32LE(length, 8);
  return bytes;
}
