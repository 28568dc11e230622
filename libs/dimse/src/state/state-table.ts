/**
 * The upper layer's protocol machine as data: table 9-10 of PS3.8 section 9.2.3 with the actions of tables 9-6 to 9-9, under
 * the names that the standard gives them. Pure: `UpperLayer` does what the actions say.
 */
import { PDU_TYPE, type PduEvent, type PduType } from '../pdu/pdu';

/** Who asked for the association; decides only a release collision (AR-8). */
export type Role = 'requestor' | 'acceptor';

/**
 * Sta1 idle; Sta2 connected, the request is awaited; Sta3 our user decides; Sta4 connecting; Sta5 the answer is awaited;
 * Sta6 established; Sta7 our release was sent; Sta8 the peer's release waits for our user; Sta9 to Sta12 both released at the
 * same time; Sta13 over, the peer is to close.
 */
export const STATES = [
  ...(['Sta1', 'Sta2', 'Sta3', 'Sta4', 'Sta5', 'Sta6', 'Sta7'] as const),
  ...(['Sta8', 'Sta9', 'Sta10', 'Sta11', 'Sta12', 'Sta13'] as const),
] as const;
export type State = (typeof STATES)[number];

/** Evt1 to Evt19; those that our user causes are called primitives. */
export const EVENT = {
  associateRequestPrimitive: 'Evt1',
  connected: 'Evt2',
  associateAcceptPdu: 'Evt3',
  associateRejectPdu: 'Evt4',
  connectionIndication: 'Evt5',
  associateRequestPdu: 'Evt6',
  acceptPrimitive: 'Evt7',
  rejectPrimitive: 'Evt8',
  dataPrimitive: 'Evt9',
  dataPdu: 'Evt10',
  releaseRequestPrimitive: 'Evt11',
  releaseRequestPdu: 'Evt12',
  releaseResponsePdu: 'Evt13',
  releaseResponsePrimitive: 'Evt14',
  abortPrimitive: 'Evt15',
  abortPdu: 'Evt16',
  connectionClosed: 'Evt17',
  artimExpired: 'Evt18',
  invalidPdu: 'Evt19',
} as const;
export type UpperLayerEvent = (typeof EVENT)[keyof typeof EVENT];
export const EVENTS: readonly UpperLayerEvent[] = Object.values(EVENT);

/** The state after each action; AR-8 depends on the role. AE-6 always asks the user, who may refuse (AE-8). */
const NEXT = {
  'AE-1': 'Sta4',
  'AE-2': 'Sta5',
  'AE-3': 'Sta6',
  'AE-4': 'Sta1',
  'AE-5': 'Sta2',
  'AE-6': 'Sta3',
  'AE-7': 'Sta6',
  'AE-8': 'Sta13',
  'DT-1': 'Sta6',
  'DT-2': 'Sta6',
  'AR-1': 'Sta7',
  'AR-2': 'Sta8',
  'AR-3': 'Sta1',
  'AR-4': 'Sta13',
  'AR-5': 'Sta1',
  'AR-6': 'Sta7',
  'AR-7': 'Sta8',
  'AR-8': { requestor: 'Sta9', acceptor: 'Sta10' },
  'AR-9': 'Sta11',
  'AR-10': 'Sta12',
  'AA-1': 'Sta13',
  'AA-2': 'Sta1',
  'AA-3': 'Sta1',
  'AA-4': 'Sta1',
  'AA-5': 'Sta1',
  'AA-6': 'Sta13',
  'AA-7': 'Sta13',
  'AA-8': 'Sta13',
} as const satisfies Record<string, State | Record<Role, State>>;
export type Action = keyof typeof NEXT;

type Row = { readonly [S in State]?: Action };

/** The same action in every state from the third to the twelfth that has a peer which was heard. */
const exchanging = (action: Action): Row => ({
  ...{ Sta3: action, Sta5: action, Sta6: action, Sta7: action, Sta8: action },
  ...{ Sta9: action, Sta10: action, Sta11: action, Sta12: action },
});
/** A PDU that only some states expect. */
const pdu = (expected: Row): Row => ({ Sta2: 'AA-1', ...exchanging('AA-8'), Sta13: 'AA-6', ...expected });

const TABLE: Readonly<Record<UpperLayerEvent, Row>> = {
  Evt1: { Sta1: 'AE-1' },
  Evt2: { Sta4: 'AE-2' },
  Evt3: pdu({ Sta5: 'AE-3' }),
  Evt4: pdu({ Sta5: 'AE-4' }),
  Evt5: { Sta1: 'AE-5' },
  Evt6: pdu({ Sta2: 'AE-6', Sta13: 'AA-7' }),
  Evt7: { Sta3: 'AE-7' },
  Evt8: { Sta3: 'AE-8' },
  Evt9: { Sta6: 'DT-1', Sta8: 'AR-7' },
  Evt10: pdu({ Sta6: 'DT-2', Sta7: 'AR-6' }),
  Evt11: { Sta6: 'AR-1' },
  Evt12: pdu({ Sta6: 'AR-2', Sta7: 'AR-8' }),
  Evt13: pdu({ Sta7: 'AR-3', Sta10: 'AR-10', Sta11: 'AR-3' }),
  Evt14: { Sta8: 'AR-4', Sta9: 'AR-9', Sta12: 'AR-4' },
  Evt15: { ...exchanging('AA-1'), Sta4: 'AA-2' },
  Evt16: { Sta2: 'AA-2', ...exchanging('AA-3'), Sta13: 'AA-2' },
  Evt17: { Sta2: 'AA-5', ...exchanging('AA-4'), Sta4: 'AA-4', Sta13: 'AR-5' },
  Evt18: { Sta2: 'AA-2', Sta13: 'AA-2' },
  Evt19: { Sta2: 'AA-1', ...exchanging('AA-8'), Sta13: 'AA-7' },
};

/** What the standard does; undefined where its table is empty: the event cannot happen, or its primitive is not allowed. */
export function actionOf(state: State, event: UpperLayerEvent): Action | undefined {
  return TABLE[event][state];
}

export function stateAfter(action: Action, role: Role): State {
  const next = NEXT[action];
  return typeof next === 'string' ? next : next[role];
}

export const EVENT_OF_PDU: Readonly<Record<PduEvent['type'], UpperLayerEvent>> = {
  associateRequest: EVENT.associateRequestPdu,
  associateAccept: EVENT.associateAcceptPdu,
  associateReject: EVENT.associateRejectPdu,
  data: EVENT.dataPdu,
  releaseRequest: EVENT.releaseRequestPdu,
  releaseResponse: EVENT.releaseResponsePdu,
  abort: EVENT.abortPdu,
};

const ABORTING: ReadonlySet<Action | undefined> = new Set(['AA-1', 'AA-7', 'AA-8', undefined]);

function takenIn(state: State): ReadonlySet<PduType> {
  const names = Object.keys(EVENT_OF_PDU) as PduEvent['type'][];
  return new Set(names.filter((name) => !ABORTING.has(actionOf(state, EVENT_OF_PDU[name]))).map((n) => PDU_TYPE[n]));
}

/** The PDU types that do not end the association, by state: the others are refused at their first byte. */
export const TAKEN_PDUS = Object.fromEntries(STATES.map((state) => [state, takenIn(state)])) as Readonly<
  Record<State, ReadonlySet<PduType>>
>;
