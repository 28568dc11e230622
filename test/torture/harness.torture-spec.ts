/** The harness itself: misbehaviour that is planted in a real hub, or around it, is caught by each of the seven asserts. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RawPeer, rawData, rawEchoRequest, rawPdu } from '@modelbank/testing';
import { REFERENCE_MODEL } from '../journeys/support/journey-data';
import { attackCt } from './support/attack-ct';
import type { Attacker } from './support/attacker';
import { CANARY_TEXT } from './support/footprint';
import { judgeRow } from './support/judge-row';
import { TorturePlace } from './support/torture-place';
import { peerRefused } from './support/torture-row';
import type { TortureRow } from './support/torture-row';

const ABORTED: TortureRow = {
  id: 'X',
  title: 'an unknown PDU',
  attack: (attacker) => attacker.sendAssociated(rawPdu(0xff)),
  expected: 'A-ABORT 2/1',
  audit: peerRefused('protocolViolation'),
};

let place: TorturePlace;
beforeAll(async () => (place = await TorturePlace.open()), 90_000);
afterAll(() => place.close());
jest.setTimeout(60_000);

/** The deviations of a row that does something wicked first and is refused then. */
async function deviationsOf(
  wicked: (attacker: Attacker) => Promise<unknown> | unknown,
  more: Partial<TortureRow> = {},
  on = place,
): Promise<string> {
  const attack = async (attacker: Attacker) => {
    await wicked(attacker);
    return ABORTED.attack(attacker);
  };
  return (await judgeRow(on, { ...ABORTED, attack, ...more })).deviations.join('\n');
}

const nothing = () => undefined;

it('a row that holds has no deviation', async () => {
  expect(await deviationsOf(nothing)).toBe('');
});

describe('1 the refusal', () => {
  it('another one than stated', async () => {
    expect(await deviationsOf(nothing, { expected: 'A-ABORT 2/6' })).toBe(
      '1: the peer saw A-ABORT 2/1, not A-ABORT 2/6',
    );
  });

  it('none in time', async () => {
    expect(await deviationsOf(() => delay(3_000), { withinMs: 200 })).toContain(
      '1: the peer saw nothing within 200 ms',
    );
  });
});

describe('4 memory, files and sockets', () => {
  it('more memory than allowed', async () => {
    const quietRssBytes = { value: place.quietRssBytes - 300 * 1024 * 1024 };
    const grown = Object.create(place, { quietRssBytes }) as TorturePlace;
    expect(await deviationsOf(nothing, {}, grown)).toMatch(/^4: RSS grew by \d+ MiB$/);
  });

  it('a socket that stays', async () => {
    const { tls } = await place.attacker();
    const peers: RawPeer[] = [];
    const found = await deviationsOf(async (attacker) => {
      const peer = await RawPeer.connect(place.hub.dimsePort, tls);
      peers.push(peer);
      peer.send(attacker.request());
      const echo = setInterval(() => peer.send(rawData(1, 3, rawEchoRequest())), 300);
      peer.socket.on('close', () => clearInterval(echo));
      await peer.next();
    });
    for (const peer of peers) await (await place.attacker()).release(peer);
    expect(found).toBe('4: 1 socket(s) stay open');
  });
});

describe('5 what is written', () => {
  const plant = async (path: string, text = 'planted'): Promise<string> => {
    const whole = join(place.root, path);
    const was = existsSync(whole);
    try {
      return await deviationsOf(() => writeFileSync(whole, text));
    } finally {
      if (!was) rmSync(whole);
    }
  };

  it.each([
    ['a file beside the home', 'pwned.txt', '5: pwned.txt was written'],
    ['a file in the home, outside its objects', 'home/pki/pwned.crt', '5: home/pki/pwned.crt was written'],
    ['a temporary file that stays', 'tmp/left-over', '5: tmp/left-over was written'],
    ['a part file that stays', 'home/objects/.parts/half', '5: the part file half stays'],
    ['an object under the name of a peer', 'home/objects/instances/1.2.3', '5: home/objects/instances/1.2.3'],
  ])('%s', async (_what, path, deviation) => {
    expect(await plant(path)).toBe(deviation);
  });

  it('a process that was started', async () => {
    const found = await deviationsOf(() => place.hub.api.post('/models', { folder: REFERENCE_MODEL }));
    expect(found).toContain('5: a process was started');
  });

  it('a canary that was touched', async () => {
    const path = join(place.root, 'home', 'canary.txt');
    const found = await deviationsOf(() => writeFileSync(path, 'sung'));
    writeFileSync(path, CANARY_TEXT);
    expect(found).toContain('5: the canary /home/canary.txt was touched');
  });
});

describe('6 the audit event', () => {
  it('none', async () => {
    const silent = { attack: async () => 'A-ABORT 2/1' };
    expect(await deviationsOf(nothing, silent)).toBe('6: 0 audit events, not 1: ');
  });

  it('two', async () => {
    const again = (attacker: Attacker) => attacker.sendBare(attacker.request({ callingAeTitle: 'NOBODY' }));
    expect(await deviationsOf(again)).toMatch(/^6: 2 audit events, not 1: .*AE_TITLE_MISMATCH/);
  });

  it('one of another rule or centre', async () => {
    expect(await deviationsOf(nothing, { audit: peerRefused('timeout') })).toMatch(
      /^6: the audit event is .*not peer.refused \(timeout/,
    );
    const audit = { ...peerRefused('protocolViolation'), centreId: 'aarhus' };
    expect(await deviationsOf(nothing, { audit })).toMatch(/^6: the audit event is .*centre aarhus/);
  });

  it('one where there must be none', async () => {
    expect(await deviationsOf(nothing, { audit: undefined })).toMatch(
      /^6: 1 audit events, not 0: peer.refused \(protocolViolation/,
    );
  });

  it('a patient in the log', async () => {
    let planted = '';
    const output = () => place.hub.output() + planted;
    const talking = Object.create(place, { hub: { value: { ...place.hub, output } } }) as TorturePlace;
    expect(await deviationsOf(() => (planted = '{"msg":"ZEBEDEE"}\n'), {}, talking)).toBe(
      '6: an identity (ZEBE...) is in the log or the journal',
    );
  });
});

it('6 a log line that a peer has broken', async () => {
  let planted = '';
  const output = () => place.hub.output() + planted;
  const broken = Object.create(place, { hub: { value: { ...place.hub, output } } }) as TorturePlace;
  expect(await deviationsOf(() => (planted = '{"aet":"\nadmin logged in"}\n'), {}, broken)).toMatch(
    /^6: a log line is no JSON object/,
  );
});

it('7 an instance that was kept', async () => {
  const { dataSet, uid } = attackCt();
  const found = await deviationsOf((attacker) => attacker.store(dataSet, uid));
  expect(found).toMatch(/^7: 1 instance row\(s\) were kept/);
});

it('3 good images that are not acknowledged any more', async () => {
  const { certificates } = await place.hub.api.get<{ certificates: { fingerprintSha256: string }[] }>('/centres/vejle');
  const revoke = `/centres/vejle/certificates/${certificates[0].fingerprintSha256}/revoke`;
  expect(await deviationsOf(() => place.hub.api.post(revoke))).toMatch(
    /^3: a good image was not acknowledged: .*abort/m,
  );
});

it('2 a process that has ended', async () => {
  expect(await deviationsOf(() => place.hub.kill())).toMatch(/^2: the process of the hub has ended$/m);
});
