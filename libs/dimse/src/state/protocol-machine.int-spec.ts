/**
 * PS3.8 table 9-10, cell by cell: a real socket is brought into each state, each event happens, and what the peer reads, what
 * the user is told and the state afterwards are those of the standard's action. An empty cell changes nothing.
 */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { ManualTimers, RawPeer, rawAssociateAccept, rawAssociateRequest, rawData, rawPdu } from '@modelbank/testing';
import { STANDARD_EFFECTS, STANDARD_TABLE, type StandardEffect } from '@modelbank/testing';
import { encodeAssociateReject, encodeCommandPdus } from '../pdu/encode-pdu';
import { DEFAULT_PDU_LENGTHS } from '../pdu/pdu-reader';
import { REJECTION } from '../pdu/reasons';
import { EVENTS, STATES, actionOf, type Role, type State, type UpperLayerEvent } from './state-table';
import { UpperLayer, type UpperLayerUser } from './upper-layer';

const ASSOCIATE_MS = 10_000;
const LINGER_MS = 1_000;
const ECHO = rawData(1, 3, Buffer.from('command'));

const machines: Machine[] = [];
afterEach(() => {
  for (const { peer, socket } of machines.splice(0)) {
    peer.close();
    socket.destroy();
  }
});

/** One side under test, its peer on a raw socket, and what was told to the user. */
class Machine implements UpperLayerUser {
  readonly told: string[] = [];
  readonly timers = new ManualTimers();
  upperLayer!: UpperLayer;
  peer!: RawPeer;
  socket!: Socket;

  static async start(role: Role): Promise<Machine> {
    const machine = new Machine();
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const peerSocket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    const socket = await arrived;
    machine.socket = socket;
    machines.push(machine);
    server.close();
    machine.peer = new RawPeer(peerSocket);
    machine.upperLayer = new UpperLayer(socket, machine, {
      role,
      timers: machine.timers,
      lengthLimits: DEFAULT_PDU_LENGTHS,
      associateMs: ASSOCIATE_MS,
      lingerMs: LINGER_MS,
    });
    return machine;
  }

  onAssociateRequest = (): void => void this.told.push('requested');
  onAssociateAccept = (): void => void this.told.push('accepted');
  onAssociateReject = (): void => void this.told.push('rejected');
  onReleaseRequest = (): void => void this.told.push('release asked');
  onReleaseConfirmed = (): void => void this.told.push('released');
  onAbort = (): void => void this.told.push('aborted');
  onFailure = (): void => void this.told.push('failed');
  onClosed = (): void => void this.told.push('closed');
  onData = (): undefined => void this.told.push('data') as undefined;

  /** The peer sends, and the machine gets there. */
  async receives(pdu: Buffer, state: State): Promise<void> {
    this.peer.send(pdu);
    await untilTrue(() => this.upperLayer.state === state);
  }
}

async function untilTrue(condition: () => boolean, waitMs = 2_000): Promise<boolean> {
  for (const deadline = performance.now() + waitMs; !condition();) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return true;
}

const accept = (machine: Machine) => void machine.upperLayer.accept(rawAssociateAccept());
const releaseRequest = rawPdu(5);
const releaseResponse = rawPdu(6);

/** The ways into each state. A requestor's Sta1 and an acceptor's are the same: the connection is gone. */
const WAYS: Readonly<Partial<Record<State, Partial<Record<Role, (machine: Machine) => Promise<void>>>>>> = {
  Sta1: {
    acceptor: async (machine) => {
      machine.peer.close();
      await untilTrue(() => machine.upperLayer.state === 'Sta1' && machine.told.includes('closed'));
    },
  },
  Sta2: { acceptor: async () => undefined },
  Sta3: { acceptor: (machine) => machine.receives(rawAssociateRequest(), 'Sta3') },
  Sta4: { requestor: async () => undefined },
  Sta5: { requestor: async ({ upperLayer }) => upperLayer.associate(rawAssociateRequest()) },
  Sta6: {
    acceptor: async (machine) => {
      await machine.receives(rawAssociateRequest(), 'Sta3');
      accept(machine);
    },
    requestor: async (machine) => {
      machine.upperLayer.associate(rawAssociateRequest());
      await machine.receives(rawAssociateAccept(), 'Sta6');
    },
  },
  Sta7: after('Sta6', async ({ upperLayer }) => upperLayer.requestRelease()),
  Sta8: after('Sta6', (machine) => machine.receives(releaseRequest, 'Sta8')),
  Sta9: { requestor: after('Sta7', (machine) => machine.receives(releaseRequest, 'Sta9')).requestor },
  Sta10: { acceptor: after('Sta7', (machine) => machine.receives(releaseRequest, 'Sta10')).acceptor },
  Sta11: { requestor: after('Sta9', async ({ upperLayer }) => upperLayer.confirmRelease()).requestor },
  Sta12: { acceptor: after('Sta10', (machine) => machine.receives(releaseResponse, 'Sta12')).acceptor },
  Sta13: after('Sta6', async ({ upperLayer }) => upperLayer.abort()),
};

function after(state: State, step: (machine: Machine) => Promise<void>) {
  const way = (role: Role) => async (machine: Machine) => {
    await WAYS[state]?.[role]?.(machine);
    await step(machine);
  };
  return { acceptor: way('acceptor'), requestor: way('requestor') };
}

/** How each event is made to happen. Evt1 and Evt5 are the birth of a machine and no event of one that lives. */
const CAUSES: Readonly<Partial<Record<UpperLayerEvent, (machine: Machine) => void>>> = {
  Evt2: ({ upperLayer }) => upperLayer.associate(rawAssociateRequest()),
  Evt3: ({ peer }) => peer.send(rawAssociateAccept()),
  Evt4: ({ peer }) => peer.send(rawPdu(3, Buffer.from([0, 1, 1, 1]))),
  Evt6: ({ peer }) => peer.send(rawAssociateRequest()),
  Evt7: accept,
  Evt8: ({ upperLayer }) => upperLayer.reject(encodeAssociateReject(REJECTION.noReason)),
  Evt9: ({ upperLayer }) => void upperLayer.sendData(encodeCommandPdus(Buffer.from('x'), 1, 1_024)[0]),
  Evt10: ({ peer }) => peer.send(ECHO),
  Evt11: ({ upperLayer }) => upperLayer.requestRelease(),
  Evt12: ({ peer }) => peer.send(releaseRequest),
  Evt13: ({ peer }) => peer.send(releaseResponse),
  Evt14: ({ upperLayer }) => upperLayer.confirmRelease(),
  Evt15: ({ upperLayer }) => upperLayer.abort(),
  Evt16: ({ peer }) => peer.send(rawPdu(7)),
  Evt17: ({ peer }) => peer.close(),
  Evt18: ({ timers }) => timers.advance(ASSOCIATE_MS),
  Evt19: ({ peer }) => peer.send(rawPdu(0x99)),
};

const cellOf = (state: State, event: UpperLayerEvent): string =>
  STANDARD_TABLE[event].trim().split(/ +/)[STATES.indexOf(state)];

it.each(EVENTS)('%s: every cell of the table is that of the standard', (event) => {
  expect(STATES.map((state) => actionOf(state, event) ?? '-')).toEqual(STATES.map((state) => cellOf(state, event)));
});

/** What an event may not do: a peer cannot be heard before it is connected or after it is gone, Sta2 has no user yet. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['Sta2 Evt15']);
const PEER_EVENTS = /^Evt(3|4|6|10|12|13|16|17|19)$/;

const CELLS = STATES.flatMap((state) =>
  (['acceptor', 'requestor'] as const).flatMap((role) =>
    EVENTS.filter(
      (event) =>
        WAYS[state]?.[role] !== undefined &&
        CAUSES[event] !== undefined &&
        !IMPOSSIBLE.has(`${state} ${event}`) &&
        !(state === 'Sta1' && PEER_EVENTS.test(event)) &&
        !(state === 'Sta4' && PEER_EVENTS.test(event) && event !== 'Evt17'),
    ).map((event) => [state, role, event, cellOf(state, event)] as const),
  ),
);

it('walks every cell in which something can happen', () => {
  const walked = new Set(CELLS.map(([state, , event]) => `${state} ${event}`));
  const filled = STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const)).filter(
    ([state, event]) => cellOf(state, event) !== '-',
  );
  const born = filled.filter(([state, event]) => !walked.has(`${state} ${event}`));
  expect(born).toEqual([
    ['Sta1', 'Evt1'],
    ['Sta1', 'Evt5'],
  ]);
});

it.each(CELLS)('%s (%s) %s: %s', async (state, role, event, action) => {
  const machine = await Machine.start(role);
  const { upperLayer, told } = machine;
  await WAYS[state]?.[role]?.(machine);
  expect(upperLayer.state).toBe(state);
  await quiet(machine);
  told.length = 0;
  CAUSES[event]?.(machine);
  if (action === '-') {
    await quiet(machine, true);
    expect([upperLayer.state, told]).toEqual([state, []]);
  } else {
    await expectEffect(machine, role, STANDARD_EFFECTS[action], action, event);
  }
});

async function expectEffect(
  machine: Machine,
  role: Role,
  effect: StandardEffect,
  action: string,
  event: UpperLayerEvent,
) {
  const { upperLayer, peer, told } = machine;
  const next = typeof effect.next === 'string' ? effect.next : effect.next[role];
  await untilTrue(() => upperLayer.state === next);
  if (effect.peerReads !== undefined) {
    const reply = await peer.next();
    expect(reply).toMatchObject({ type: effect.peerReads });
    // the user's abort has source 0, the provider's 2 and says what it did not take
    const source = reply === 'closed' ? undefined : reply.bytes[8];
    if (effect.peerReads === 7) expect(source).toBe(event === 'Evt15' ? 0 : 2);
  } else if (!effect.closes) {
    await quiet(machine, true);
  }
  if (effect.closes) {
    if (event !== 'Evt17') expect(await peer.next()).toBe('closed');
    await untilTrue(() => told.includes('closed'));
  }
  expect(upperLayer.state).toBe(next);
  // in Sta2 the standard has no user to tell; ours keeps the audit trail
  const tells = action === 'AA-1' && event !== 'Evt15' ? 'failed' : effect.tells;
  expect(told).toEqual([...(tells ? [tells] : []), ...(effect.closes ? ['closed'] : [])]);
}

/** Reads away what the way into a state made the peer read; or makes sure that nothing comes. */
async function quiet({ peer }: Machine, nothingMayCome = false): Promise<void> {
  for (;;) {
    const reply = await peer.next(15).catch(() => undefined);
    if (reply === undefined || reply === 'closed') return;
    if (nothingMayCome) throw new Error(`the peer got a PDU of type ${reply.type}`);
  }
}

describe('beyond the table', () => {
  it('Evt1 in Sta1 connects and asks, Evt5 in Sta1 waits for the request: how a machine is born', async () => {
    expect((await Machine.start('requestor')).upperLayer.state).toBe('Sta4');
    expect((await Machine.start('acceptor')).upperLayer.state).toBe('Sta2');
  });

  it('an abort before there is an association closes the connection without a word', async () => {
    const machine = await Machine.start('acceptor');
    machine.upperLayer.abort();
    expect(await machine.peer.next()).toBe('closed');
    expect(machine.upperLayer.state).toBe('Sta1');
  });

  it('after an invalid PDU one abort goes out, however much rubbish follows, and ARTIM closes', async () => {
    const machine = await Machine.start('acceptor');
    await WAYS.Sta6?.acceptor?.(machine);
    await quiet(machine);
    machine.peer.send(rawPdu(0x99), Buffer.alloc(50_000, 0x77), rawAssociateRequest());
    expect(await machine.peer.next()).toMatchObject({ type: 7 });
    await quiet(machine, true);
    machine.timers.advance(LINGER_MS);
    expect(await machine.peer.next()).toBe('closed');
  });

  it('a peer that floods after the end is cut before ARTIM', async () => {
    const machine = await Machine.start('acceptor');
    await WAYS.Sta13?.acceptor?.(machine);
    const flood = Array.from({ length: 40 }, () => rawData(1, 0, Buffer.alloc(60_000)));
    machine.peer.send(...flood);
    await machine.peer.closed();
    expect(machine.upperLayer.state).toBe('Sta1');
  });

  it('release collision, both sides ours: each confirms the other and both end released', async () => {
    const machine = await Machine.start('requestor');
    await WAYS.Sta11?.requestor?.(machine);
    await machine.receives(releaseResponse, 'Sta1');
    expect(machine.told.filter((told) => told !== 'closed')).toEqual(['accepted', 'release asked', 'released']);
  });
});
