/** Association requests that are refused whoever sends them: what the peer reads, and that nobody was asked about them. */
import { CollectingScp, RawPeer, rawAssociateRequest, rawItem, verdictOf } from '@modelbank/testing';

const WITHIN_MS = 2_000;
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

describe('association requests that are refused', () => {
  const user = (type: number, text: Buffer) => {
    const body = Buffer.alloc(6 + text.length);
    body[0] = type;
    body.writeUInt16BE(text.length, 2);
    text.copy(body, 4);
    return rawItem(0x58, body);
  };
  it.each([
    ['protocol version 2 only', { protocolVersion: 2 }, [3, 1, 2, 2]],
    ['another application context', { applicationContext: '1.2.3' }, [3, 1, 1, 2]],
    ['B9 calling: NULs', { callingAeTitle: Buffer.alloc(16) }, [3, 1, 1, 3]],
    ['B9 calling: spaces', { callingAeTitle: Buffer.alloc(16, ' ') }, [3, 1, 1, 3]],
    ['B9 calling: backslash', { callingAeTitle: 'A\\B' }, [3, 1, 1, 3]],
    ['B9 calling: CR LF', { callingAeTitle: 'A\r\nB' }, [3, 1, 1, 3]],
    ['B9 calling: UTF-8', { callingAeTitle: Buffer.from('ODENSE_Ø'.padEnd(15)) }, [3, 1, 1, 3]],
    ['B9 called: NULs', { calledAeTitle: Buffer.alloc(16) }, [3, 1, 1, 7]],
    ['B10 identity of type 9', { userItems: [user(9, Buffer.from('x'))] }, [3, 1, 1, 1]],
    ['B10 a name of 20 KiB', { userItems: [user(1, Buffer.alloc(20_480, 'x'))] }, [3, 1, 1, 1]],
    ['B10 a name longer than its item', { userItems: [rawItem(0x58, Buffer.from([1, 0, 9, 9, 0, 0]))] }, [3, 1, 1, 1]],
  ])('%s', async (_name, request, expected) => {
    peer.send(rawAssociateRequest(request));
    expect(verdictOf(await peer.next(WITHIN_MS))).toEqual(expected);
    await peer.closed(WITHIN_MS);
    expect(scp.incidents.map(({ rule }) => rule)).toEqual(['rejected']);
    expect(scp.peers).toEqual([]);
  });

  it('B10 a well-formed identity is ignored: no answer to it, and it decides nothing', async () => {
    peer.send(
      rawAssociateRequest({
        userItems: [user(2, Buffer.from('admin')), rawItem(0x53, Buffer.from([255, 255, 255, 255]))],
      }),
    );
    const reply = await peer.next();
    expect(reply).toMatchObject({ type: 2 });
    const accept = (reply as { bytes: Buffer }).bytes;
    // neither a user identity response (59H) nor an asynchronous window (53H) is in the user information
    const userInformation = accept.subarray(accept.lastIndexOf(Buffer.from([0x51, 0, 0, 4])));
    const types: number[] = [];
    for (let at = 0; at < userInformation.length; at += 4 + userInformation.readUInt16BE(at + 2)) {
      types.push(userInformation[at]);
    }
    expect(types).toEqual([0x51, 0x52, 0x55]);
  });
});
