/** N-ACTION from a peer that may, N-EVENT-REPORT back to it on the same association, and what becomes of odd answers. */
import { EXPLICIT_VR_LITTLE_ENDIAN, deriveUid, sopClassUid } from '@modelbank/dicom';
import { CollectingScp, RAW_EXPLICIT, RawPeer, rawAssociateRequest, rawCommandSet, rawData } from '@modelbank/testing';
import { ManualTimers, eventually, readRawCommand } from '@modelbank/testing';
import { rawPdu } from '@modelbank/testing';
import {
  STORAGE_COMMITMENT,
  STORAGE_COMMITMENT_CONTEXT,
  openAssociation,
  type ActionRequest,
  type EventReport,
  type ReceivedEventReport,
} from '../index';

const { sopClassUid: COMMITMENT, sopInstanceUid } = STORAGE_COMMITMENT;
const CONTEXT = { sopClassUid: COMMITMENT, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
const REPORT: EventReport = {
  sopClassUid: COMMITMENT,
  sopInstanceUid,
  eventTypeId: 1,
  dataSet: Buffer.alloc(5_000, 7),
};

let scp: CollectingScp;
let timers: ManualTimers | undefined;
let actions: ActionRequest<string>[];
let received: Buffer[];

async function start(more: Parameters<typeof CollectingScp.start>[0] = {}): Promise<void> {
  actions = [];
  received = [];
  scp = await CollectingScp.start({
    authorise: async () => ({ accept: true, context: 'gateway', furtherContexts: [STORAGE_COMMITMENT_CONTEXT] }),
    onAction: (request) => {
      const chunks: Buffer[] = [];
      actions.push(request);
      return {
        write: (chunk) => void chunks.push(chunk),
        finish: async () => {
          received.push(Buffer.concat(chunks));
          return 0;
        },
        abort: () => undefined,
      };
    },
    ...more,
  });
}
beforeEach(() => (timers = undefined));
afterEach(() => scp.server.close(0));

const target = (onEventReport?: (report: ReceivedEventReport) => number | Promise<number>) => ({
  ...{ host: '127.0.0.1', port: scp.port, callingAeTitle: 'GATEWAY', calledAeTitle: 'MODELBANK' },
  presentationContexts: [CONTEXT, { sopClassUid: sopClassUid('CTImageStorage'), transferSyntaxUid: RAW_EXPLICIT }],
  onEventReport,
});
const ACTION = { ...CONTEXT, sopInstanceUid, typeId: 1, dataSet: Buffer.from('what is asked') };

it('takes an action with its data set, and reports on the same association while other messages go on', async () => {
  await start();
  const reports: ReceivedEventReport[] = [];
  const association = await openAssociation(
    target((report) => {
      reports.push(report);
      return 0x0110;
    }),
  );
  expect(await association.action(ACTION)).toBe(0);
  expect(received).toEqual([ACTION.dataSet]);
  expect(actions[0]).toMatchObject({ sopClassUid: COMMITMENT, sopInstanceUid, actionTypeId: 1 });
  const { reporter } = actions[0];
  const store = { sopClassUid: sopClassUid('CTImageStorage'), transferSyntaxUid: RAW_EXPLICIT };
  const [status, stored] = await Promise.all([
    reporter.report(REPORT),
    association.store({ ...store, sopInstanceUid: deriveUid('beside'), source: Buffer.alloc(3_000_000, 1) }),
  ]);
  expect([status, stored.kind]).toEqual([0x0110, 'success']);
  expect(scp.instances[0].dataSet.equals(Buffer.alloc(3_000_000, 1))).toBe(true);
  expect(reports).toMatchObject([{ eventTypeId: 1, dataSet: REPORT.dataSet, sopInstanceUid }]);
  await association.release();
  await eventually(() => !reporter.isOpen);
  await expect(reporter.report(REPORT)).rejects.toMatchObject({ code: 'PEER_ABORTED' });
  expect(scp.incidents).toEqual([]);
});

it('one report at a time, and an association that ends before the answer says so', async () => {
  await start();
  const association = await openAssociation(target(() => new Promise(() => undefined)));
  await association.action(ACTION);
  const { reporter } = actions[0];
  const first = reporter.report(REPORT).catch((failure: Error) => failure);
  await expect(reporter.report(REPORT)).rejects.toMatchObject({ code: 'INTERNAL' });
  association.abort();
  expect(await first).toMatchObject({ code: 'PEER_ABORTED' });
});

it('a peer that was not offered the service has its context refused', async () => {
  await start({ authorise: async () => ({ accept: true, context: 'modality' }) });
  const association = await openAssociation(target());
  expect(association.accepts(CONTEXT)).toBe(false);
  await expect(association.action(ACTION)).rejects.toMatchObject({ code: 'SOP_CLASS_NOT_SUPPORTED' });
  await association.release();
});

describe('on the wire', () => {
  let peer: RawPeer;
  const CONTEXT_ID = 1;

  async function ask(
    elements: Record<number, number | string> = {},
    maximumLength = 16_384,
  ): Promise<number | undefined> {
    timers = new ManualTimers();
    await start({ timers });
    peer = await RawPeer.connect(scp.port);
    const contexts = [{ id: CONTEXT_ID, abstractSyntax: COMMITMENT, transferSyntaxes: [RAW_EXPLICIT] }];
    peer.send(rawAssociateRequest({ contexts, maximumLength }));
    expect(await peer.next()).toMatchObject({ type: 2 });
    const command = { 0x0003: COMMITMENT, 0x0100: 0x0130, 0x0110: 7, 0x0800: 1, 0x1001: sopInstanceUid, 0x1008: 1 };
    peer.send(rawData(CONTEXT_ID, 3, rawCommandSet({ ...command, ...elements })));
    if ((elements[0x0800] ?? 1) === 1) peer.send(rawData(CONTEXT_ID, 2, Buffer.alloc(10)));
    const reply = await peer.next();
    return reply === 'closed' ? undefined : readRawCommand(reply.bytes).status;
  }
  afterEach(() => peer.close());

  it.each([
    ['as it should be', {}, 0x0000],
    ['without a data set', { 0x0800: 0x0101 }, 0x0212],
    ['another class than the context', { 0x0003: '1.2.3' }, 0x0119],
    ['no instance', { 0x1001: '' }, 0x0212],
    ['a C-STORE in its place', { 0x0100: 1, 0x0002: COMMITMENT, 0x1000: '1.2.3' }, 0x0122],
    ['a C-ECHO in its place', { 0x0100: 0x30, 0x0800: 0x0101 }, 0x0122],
    ['an N-CREATE in its place', { 0x0100: 0x0140 }, 0x0122],
  ])('an action %s is answered', async (_name, elements, status) => {
    expect(await ask(elements)).toBe(status);
  });

  it('a report keeps to the maximum of the peer, in PDUs of one message after another', async () => {
    await ask({}, 1_024);
    const answered = actions[0].reporter.report(REPORT);
    const fragments: Buffer[] = [];
    for (let last = false; !last;) {
      const pdu = await peer.next();
      if (pdu === 'closed') throw new Error('closed');
      expect(pdu.bytes.length - 6).toBeLessThanOrEqual(1_024);
      if ((pdu.bytes[11] & 1) === 0) fragments.push(pdu.bytes.subarray(12));
      last = pdu.bytes[11] === 2;
    }
    expect(Buffer.concat(fragments).equals(REPORT.dataSet)).toBe(true);
    const response = { 0x0100: 0x8100, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0 };
    peer.send(rawData(CONTEXT_ID, 3, rawCommandSet(response)));
    expect(await answered).toBe(0);
    // the same once more is late, not a break of the protocol
    peer.send(rawData(CONTEXT_ID, 3, rawCommandSet(response)), rawPdu(5));
    expect(await peer.next()).toMatchObject({ type: 6 });
  });

  it('a report without an answer runs out of time', async () => {
    await ask();
    const answered = actions[0].reporter.report(REPORT).catch((failure: Error) => failure);
    timers?.advance(30_000);
    expect(await answered).toMatchObject({ code: expect.stringMatching(/PEER_TIMEOUT|PEER_ABORTED/) });
  });

  it.each([
    ['to a report that was never sent', 0x8100],
    ['to another operation', 0x8001],
  ])('a response %s is aborted', async (_name, commandField) => {
    await ask();
    peer.send(rawData(CONTEXT_ID, 3, rawCommandSet({ 0x0100: commandField, 0x0120: 1, 0x0800: 0x0101, 0x0900: 0 })));
    expect(await peer.next()).toMatchObject({ type: 7 });
  });
});
