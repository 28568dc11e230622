/** What is negotiated beyond presentation contexts (PS3.7 Annex D.3.3): taken, refused or ignored, and never trusted. */
import { CollectingScp, RAW_CT, RAW_VERIFICATION, RawPeer, eventually, rawAssociateRequest } from '@modelbank/testing';
import { rawData, rawEchoRequest, rawItem, rawPdu, rawStoreRequest, readRawCommand } from '@modelbank/testing';

let scp: CollectingScp;
let peer: RawPeer;

beforeEach(async () => {
  scp = await CollectingScp.start();
  peer = await RawPeer.connect(scp.port);
});
afterEach(async () => {
  peer.close();
  await scp.server.close(0);
});

const short = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const uidField = (uid: string) => Buffer.concat([short(uid.length), Buffer.from(uid, 'latin1')]);
const role = (uid: string, scu: number, scpRole: number) =>
  rawItem(0x54, Buffer.concat([uidField(uid), Buffer.from([scu, scpRole])]));

interface Answer {
  readonly results: Readonly<Record<number, number>>;
  readonly userItems: readonly (readonly [number, Buffer])[];
}

/** The results by context id and the sub-items of the user information of an A-ASSOCIATE-AC. */
async function negotiate(userItems: readonly Buffer[], more = {}): Promise<Answer> {
  peer.send(rawAssociateRequest({ userItems, ...more }));
  const reply = await peer.next();
  if (reply === 'closed' || reply.type !== 2) throw new Error(`not accepted: ${JSON.stringify(reply)}`);
  const items = itemsOf(reply.bytes.subarray(6 + 68));
  const results = items.filter(([type]) => type === 0x21).map(([, body]) => [body[0], body[2]]);
  const information = items.find(([type]) => type === 0x50)?.[1] ?? Buffer.alloc(0);
  return { results: Object.fromEntries(results), userItems: itemsOf(information) };
}

function itemsOf(bytes: Buffer): [number, Buffer][] {
  const items: [number, Buffer][] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    items.push([bytes[at], bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2))]);
  }
  return items;
}

async function expectEcho(): Promise<void> {
  peer.send(rawData(RAW_VERIFICATION.id, 3, rawEchoRequest(9)));
  const reply = await peer.next();
  expect(reply !== 'closed' && readRawCommand(reply.bytes)).toMatchObject({ messageId: 9, status: 0 });
}

describe('SCP/SCU role selection (D.3.3.4)', () => {
  const roles = ({ userItems }: Answer) =>
    userItems
      .filter(([type]) => type === 0x54)
      .map(([, body]) => [body.subarray(2, -2).toString(), ...body.subarray(-2)]);

  it('a sender that asks to be SCP too stays SCU', async () => {
    const answer = await negotiate([role(RAW_CT.abstractSyntax, 1, 1)]);
    expect(answer.results).toEqual({ [RAW_VERIFICATION.id]: 0, [RAW_CT.id]: 0 });
    expect(roles(answer)).toEqual([[RAW_CT.abstractSyntax, 1, 0]]);
  });

  it('a sender that wants to be SCP only has its context refused; the others stand', async () => {
    const answer = await negotiate([role(RAW_CT.abstractSyntax, 0, 1)]);
    expect(answer.results).toEqual({ [RAW_VERIFICATION.id]: 0, [RAW_CT.id]: 1 });
    expect(roles(answer)).toEqual([]);
    await expectEcho();
  });

  it('roles of classes that were not proposed or not accepted are not answered', async () => {
    const answer = await negotiate([role('1.2.3', 1, 1), role('1.2.840.10008.1.20.1', 0, 1)]);
    expect(roles(answer)).toEqual([]);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut off', Buffer.from([0, 9, 49, 46])],
    ['with bytes behind it', Buffer.concat([uidField('1.2.3'), Buffer.from([1, 1, 1])])],
  ])('an item that is %s is aborted', async (_name, body) => {
    peer.send(rawAssociateRequest({ userItems: [rawItem(0x54, body)] }));
    expect(await peer.next()).toMatchObject({ type: 7 });
  });
});

describe('what is never answered', () => {
  const classes = Buffer.concat([uidField(RAW_CT.abstractSyntax), Buffer.from([2, 0, 3, 0, 1, 0])]);
  it.each([
    ['B16 an asynchronous operations window of 65535', 0x53, Buffer.from([255, 255, 255, 255])],
    ['an unlimited asynchronous operations window', 0x53, Buffer.alloc(4)],
    ['SOP class extended negotiation', 0x56, classes],
    ['SOP class common extended negotiation', 0x57, Buffer.concat([uidField('1.2.3'), uidField('1.2'), short(0)])],
    ['a user identity', 0x58, Buffer.from([1, 1, 0, 1, 65, 0, 0])],
    ['an item that nobody knows', 0x7f, Buffer.from('whatever')],
  ])('%s: ignored, and the association serves', async (_name, type, body) => {
    const { userItems, results } = await negotiate([rawItem(type, body)]);
    expect(userItems.map(([each]) => each)).toEqual([0x51, 0x52, 0x55]);
    expect(Object.values(results)).toEqual([0, 0]);
    await expectEcho();
  });

  it('we say what we take: 131072, or what the hub is configured with', async () => {
    const { userItems } = await negotiate([]);
    expect(userItems[0][1].readUInt32BE(0)).toBe(131_072);
    await scp.server.close(0);
    scp = await CollectingScp.start({ limits: { maximumPduBytes: 20_000, maximumAssociateBytes: 5_000 } });
    peer = await RawPeer.connect(scp.port);
    expect((await negotiate([])).userItems[0][1].readUInt32BE(0)).toBe(20_000);
    peer.send(rawPdu(4, Buffer.alloc(0), 20_001));
    expect(await peer.next()).toMatchObject({ type: 7 });
    peer = await RawPeer.connect(scp.port);
    peer.send(rawPdu(1, Buffer.alloc(0), 5_001));
    expect(await peer.next()).toMatchObject({ type: 7 });
  });
});

describe('a peer that does not wait for answers', () => {
  it('is served one request after another: nothing is lost, nothing mixed', async () => {
    await scp.server.close(0);
    let atOnce = 0;
    scp = await CollectingScp.start({
      finish: async () => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        atOnce -= 1;
        return 0;
      },
    });
    peer = await RawPeer.connect(scp.port);
    await negotiate([rawItem(0x53, Buffer.from([0, 50, 0, 50]))]);
    const requests: Buffer[] = [];
    for (let id = 1; id <= 50; id += 1) {
      requests.push(
        rawData(RAW_CT.id, 3, rawStoreRequest(`1.2.${id}`, id)),
        rawData(RAW_CT.id, 2, Buffer.alloc(2 * id, id)),
      );
      if (id % 10 === 0) requests.push(rawData(RAW_VERIFICATION.id, 3, rawEchoRequest(1_000 + id)));
    }
    peer.send(Buffer.concat(requests));
    const answered: unknown[] = [];
    for (let count = 0; count < 55; count += 1) {
      const reply = await peer.next();
      if (reply !== 'closed') answered.push(readRawCommand(reply.bytes).messageId);
    }
    const expected = Array.from({ length: 50 }, (_, index) => index + 1).flatMap((id) =>
      id % 10 === 0 ? [id, 1_000 + id] : [id],
    );
    expect(answered).toEqual(expected);
    expect(scp.instances.map(({ dataSet }) => dataSet)).toEqual(
      Array.from({ length: 50 }, (_, index) => Buffer.alloc(2 * (index + 1), index + 1)),
    );
  });

  it('and talks before it is accepted is aborted: nothing of it is served', async () => {
    await scp.server.close(0);
    scp = await CollectingScp.start({
      authorise: () => new Promise((resolve) => setTimeout(() => resolve({ accept: true, context: 'late' }), 100)),
    });
    peer = await RawPeer.connect(scp.port);
    peer.send(
      rawAssociateRequest(),
      rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3')),
      rawData(RAW_CT.id, 2, Buffer.alloc(8)),
    );
    expect(await peer.next()).toMatchObject({ type: 7 });
    await eventually(() => scp.server.associationCount === 0);
    expect([scp.instances, scp.ends]).toEqual([[], []]);
  });
});
