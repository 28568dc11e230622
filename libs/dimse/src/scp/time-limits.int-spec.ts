/** Peers that are slow, silent or gone: no worker is held, no half object is kept. Time is turned by hand. */
import {
  CollectingScp,
  ManualTimers,
  RAW_CT,
  RawPeer,
  eventually,
  rawAssociateRequest,
  rawData,
  rawPdu,
  rawStoreRequest,
  readRawCommand,
  type CollectingOptions,
} from '@modelbank/testing';

const STORE = rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3'));
const piece = (bytes: number, last = false) => rawData(RAW_CT.id, last ? 2 : 0, Buffer.alloc(bytes));

let timers: ManualTimers;
let scp: CollectingScp;
let peer: RawPeer;

async function start(options: CollectingOptions = {}): Promise<void> {
  timers = new ManualTimers();
  scp = await CollectingScp.start({ timers, ...options });
  peer = await RawPeer.connect(scp.port);
}
afterEach(async () => {
  peer.close();
  await scp.server.close(0);
  expect(scp.openSinks).toBe(0);
});

async function associate(): Promise<void> {
  peer.send(rawAssociateRequest());
  expect(await peer.next()).toMatchObject({ type: 2 });
}

/** Lets the bytes that were sent reach the SCP. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 60));

/** An association ends by A-ABORT; a connection without one is closed without a word (PS3.8 AA-2). */
async function expectEnd(rule: string, by: 'abort' | 'close' = 'abort'): Promise<void> {
  if (by === 'abort') expect(await peer.next()).toMatchObject({ type: 7 });
  timers.advance(100);
  expect(await peer.next()).toBe('closed');
  expect(scp.incidents.map((incident) => incident.rule)).toEqual([rule]);
}

describe('B11 slow and silent peers', () => {
  it('an association request that does not come within 10 s', async () => {
    await start();
    await settle();
    timers.advance(9_999);
    expect(scp.incidents).toEqual([]);
    timers.advance(1);
    await expectEnd('timeout', 'close');
  });

  it('an association request that dribbles: the 10 s are for the whole of it', async () => {
    await start();
    for (const byte of rawAssociateRequest().subarray(0, 3)) {
      peer.send(Buffer.from([byte]));
      await settle();
      timers.advance(5_000);
    }
    await expectEnd('timeout', 'close');
  });

  it('30 s of silence inside an association, but not 30 s after the last byte of traffic', async () => {
    await start();
    await associate();
    timers.advance(25_000);
    peer.send(rawPdu(0x04, Buffer.alloc(0), 6));
    await settle();
    timers.advance(25_000);
    expect(scp.incidents).toEqual([]);
    timers.advance(6_000);
    await expectEnd('timeout');
    await eventually(() => scp.ends[0] === 'aborted');
  });

  it('a data set that comes more slowly than 10 KiB/s over 60 s', async () => {
    await start();
    await associate();
    peer.send(STORE);
    for (let second = 0; second < 70 && scp.incidents.length === 0; second += 10) {
      peer.send(piece(50_000));
      await settle();
      timers.advance(10_000);
    }
    await expectEnd('rate');
    await eventually(() => scp.abortedSinks === 1);
    expect(scp.instances).toEqual([]);
  });

  it('a data set that comes faster than that is taken, however long it takes', async () => {
    await start({ countOnly: true });
    await associate();
    peer.send(STORE);
    for (let second = 0; second < 200; second += 10) {
      peer.send(piece(120_000));
      await settle();
      timers.advance(10_000);
    }
    peer.send(piece(2, true));
    expect(await peer.next()).toMatchObject({ type: 4 });
    expect(scp.instances).toHaveLength(1);
    expect(scp.incidents).toEqual([]);
  });

  it('our own slowness is not held against the peer', async () => {
    let keep: () => void = () => undefined;
    await start({ finish: () => new Promise((resolve) => (keep = () => resolve(0))) });
    await associate();
    peer.send(STORE, piece(10, true));
    await settle();
    timers.advance(300_000);
    keep();
    const reply = await peer.next();
    expect(reply !== 'closed' && readRawCommand(reply.bytes).status).toBe(0);
    timers.advance(29_000);
    expect(scp.incidents).toEqual([]);
  });

  it('a refused peer that does not close is closed', async () => {
    await start({ authorise: async () => ({ accept: false, result: 1, source: 1, reason: 3 }) });
    peer.socket.allowHalfOpen = true;
    peer.send(rawAssociateRequest());
    expect(await peer.next()).toMatchObject({ type: 3 });
    await settle();
    timers.advance(100);
    await settle();
    // a socket whose other end is gone is noticed by its second write
    peer.send(Buffer.alloc(10));
    await settle();
    peer.send(Buffer.alloc(10));
    await peer.closed();
  });
});

describe('B13 peers that go away', () => {
  const stages: [string, Buffer[], number][] = [
    ['after the acceptance', [], 0],
    ['inside a command', [STORE.subarray(0, 20)], 0],
    ['after the command', [STORE], 1],
    ['inside the data set', [STORE, piece(5_000)], 1],
  ];
  it.each(stages)('by RST %s: no half object', async (_name, bytes, aborted) => {
    await start();
    await associate();
    peer.send(...bytes);
    await settle();
    peer.reset();
    await eventually(() => scp.ends.length === 1);
    expect(scp.ends).toEqual(['aborted']);
    expect(scp.abortedSinks).toBe(aborted);
    expect(scp.instances).toEqual([]);
    expect(scp.server.associationCount).toBe(0);
  });

  it('by RST after the last byte: the object is kept, and coming again with it is safe', async () => {
    let keep: () => void = () => undefined;
    await start({ finish: () => new Promise((resolve) => (keep = () => resolve(0))) });
    await associate();
    peer.send(STORE, piece(5_000, true));
    await settle();
    peer.reset();
    await settle();
    keep();
    await eventually(() => scp.ends.length === 1);
    expect(scp.instances).toHaveLength(1);
    expect(scp.abortedSinks).toBe(0);
  });

  it('by A-ABORT inside the data set, and by release inside it', async () => {
    await start();
    await associate();
    peer.send(STORE, piece(5_000), rawPdu(0x07));
    await eventually(() => scp.ends.length === 1);
    expect(scp.abortedSinks).toBe(1);
    peer = await RawPeer.connect(scp.port);
    await associate();
    peer.send(STORE, piece(5_000), rawPdu(0x05));
    expect(await peer.next()).toMatchObject({ type: 6 });
    expect(scp.ends).toEqual(['aborted', 'aborted']);
    expect(scp.abortedSinks).toBe(2);
  });
});

describe('hooks', () => {
  it('a release is confirmed only after its end was recorded', async () => {
    const order: string[] = [];
    await start();
    scp.ends.push = (...ends: string[]) => order.push(...ends);
    await associate();
    peer.send(rawPdu(0x05));
    expect(await peer.next()).toMatchObject({ type: 6 });
    expect(order).toEqual(['released']);
  });

  it.each([
    [
      'opening',
      {
        onStore: () => {
          throw new Error('no');
        },
      },
      0,
    ],
    ['writing', { onWrite: () => Promise.reject(new Error('no')) }, 1],
    ['keeping', { finish: () => Promise.reject(new Error('no')) }, 0],
  ])(
    'a failure while %s gives this instance a failure status, and the next one is taken',
    async (_name, options, aborted) => {
      let failing = true;
      await start({
        onStore: () => failing && 'onStore' in options && options.onStore(),
        onWrite: () => (failing && 'onWrite' in options ? options.onWrite() : undefined),
        finish: () => (failing && 'finish' in options ? options.finish() : Promise.resolve(0)),
      } as CollectingOptions);
      await associate();
      peer.send(STORE, piece(1_000), piece(1_000, true));
      const reply = await peer.next();
      expect(reply !== 'closed' && readRawCommand(reply.bytes).status).toBe(0x0110);
      expect(scp.abortedSinks).toBe(aborted);
      failing = false;
      peer.send(STORE, piece(1_000, true));
      const next = await peer.next();
      expect(next !== 'closed' && readRawCommand(next.bytes).status).toBe(0);
    },
  );

  it('shutting down lets an object end that is half way, and ends the idle ones', async () => {
    await start();
    await associate();
    const idle = await RawPeer.connect(scp.port);
    idle.send(rawAssociateRequest());
    expect(await idle.next()).toMatchObject({ type: 2 });
    peer.send(STORE, piece(1_000));
    await eventually(() => scp.openSinks === 1);
    const closed = scp.server.close(3_000);
    expect(await idle.next()).toMatchObject({ type: 7 });
    peer.send(piece(1_000, true));
    expect(await peer.next()).toMatchObject({ type: 4 });
    expect(await peer.next()).toMatchObject({ type: 7 });
    peer.close();
    idle.close();
    await closed;
    expect(scp.instances).toHaveLength(1);
  });
});
