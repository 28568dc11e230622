/**
 * Odd values and valid DICOM with a wrong meaning (groups C, E and F of the bad inputs), from the wire to what is held: what is
 * only wrong is acknowledged and never becomes an input set, and identities are taken as they are.
 */
import { UNIT_OF_WORK } from '@modelbank/contracts';
import { parseUid } from '@modelbank/dicom';
import { HeldItemEntity, InputSetEntity, InstanceEntity, SeriesEntity } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { RawPeer, rawAssociateRequest, rawData, rawStoreRequest, readRawCommand } from '@modelbank/testing';
import { element, sliceDataSet, sliceUids } from '../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../test/support/ct-slices';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { SeriesAssembly } from '../assembly/series-assembly';

jest.setTimeout(60_000);

let bench: IntakeBench;
beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterAll(() => bench.dispose());

const SLICES = 4;
const declared = element(0x00201209, 'IS', String(SLICES));

/** All slices in one association; the statuses. */
async function sendSeries(planOf: (k: number) => SlicePlan): Promise<(number | undefined)[]> {
  const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('odense'));
  peer.send(rawAssociateRequest({ callingAeTitle: 'CT1', maximumLength: 65_536 }));
  await peer.next();
  const statuses: (number | undefined)[] = [];
  for (let k = 0; k < SLICES; k += 1) {
    const plan = planOf(k);
    peer.send(rawData(3, 0x03, rawStoreRequest(sliceUids(plan).instance, k + 1)));
    peer.send(rawData(3, 0x02, sliceDataSet(plan)));
    const answer = await peer.next();
    statuses.push(answer === 'closed' ? undefined : readRawCommand(answer.bytes).status);
  }
  peer.close();
  return statuses;
}

/** Lets assembly look at what was stored; the declared count makes the series complete. */
async function decidedSeries(seed: string): Promise<SeriesEntity> {
  const seriesInstanceUid = sliceUids({ seed, k: 0 }).series;
  const assembly = bench.app.get(SeriesAssembly, { strict: false });
  const units = bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
  for (const { id } of await bench.reads.manager.findBy(InstanceEntity, { seriesInstanceUid })) {
    await units.run((tx) => assembly.instancesStored(tx, [id], id));
  }
  return bench.reads.manager.findOneByOrFail(SeriesEntity, { seriesInstanceUid });
}

const ACKNOWLEDGED = Array.from({ length: SLICES }, () => 0);

describe('a series that cannot be trusted is acknowledged and held', () => {
  it.each<[string, readonly Buffer[], string]>([
    ['a PixelSpacing of zero', [element(0x00280030, 'DS', '0\\0')], 'GEOMETRY_MISSING'],
    ['a negative PixelSpacing', [element(0x00280030, 'DS', '-1\\1')], 'GEOMETRY_MISSING'],
    ['directions that are not orthonormal', [element(0x00200037, 'DS', '1\\0\\0\\0.5\\1\\0')], 'NOT_ORTHONORMAL'],
    ['directions without a length', [element(0x00200037, 'DS', '0\\0\\0\\0\\1\\0')], 'NOT_ORTHONORMAL'],
    ['a RescaleSlope of zero', [element(0x00281053, 'DS', '0')], 'RESCALE_UNUSABLE'],
    ['a RescaleSlope of 1e999999', [element(0x00281053, 'DS', '1e999999')], 'RESCALE_UNUSABLE'],
    ['a supine patient called prone', [element(0x00185100, 'CS', 'HFP')], 'POSITION_CONTRADICTS_ORIENTATION'],
    ['an empty PatientID', [element(0x00100020, 'LO', '')], 'PATIENT_ID_MISSING'],
    ['a PatientID of spaces', [element(0x00100020, 'LO', '   ')], 'PATIENT_ID_MISSING'],
    ['more rows than 16 bits hold', [element(0x00280010, 'IS', '65536')], 'GEOMETRY_MISSING'],
  ])('%s', async (seed, more, code) => {
    expect(await sendSeries((k) => ({ seed, k, more: [declared, ...more] }))).toEqual(ACKNOWLEDGED);
    const series = await decidedSeries(seed);
    expect(series).toMatchObject({ state: 'held', stateCode: code });
    const items = await bench.reads.manager.findBy(HeldItemEntity, { subjectId: series.id });
    expect(items).toMatchObject([{ kind: 'series', code, state: 'held' }]);
    expect(await bench.reads.manager.countBy(InputSetEntity, { seriesId: series.id })).toBe(0);
  });
});

describe('an instance that claims pixels it cannot have is refused before anything is stored', () => {
  const long = (value: number) => Buffer.from([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]);
  it.each<[string, readonly Buffer[]]>([
    ['rows and columns in 32 bits', [element(0x00280010, 'UL', long(-1)), element(0x00280011, 'UL', long(-1))]],
    [
      'frames whose product wraps',
      [element(0x00280008, 'IS', '2147483647'), element(0x00280100, 'US', long(32).subarray(0, 2))],
    ],
    [
      'a palette shorter than it says',
      [element(0x00281101, 'US', Buffer.from([0, 1, 0, 0, 16, 0])), element(0x00281201, 'OW', Buffer.alloc(8))],
    ],
  ])('%s: 0xC000', async (seed, more) => {
    const statuses = await sendSeries((k) => ({ seed, k, more: [declared, ...more] }));
    expect(statuses).toEqual(ACKNOWLEDGED.map(() => 0xc000));
    const seriesInstanceUid = sliceUids({ seed, k: 0 }).series;
    expect(await bench.reads.manager.countBy(InstanceEntity, { seriesInstanceUid })).toBe(0);
  });
});

describe('an identity is an opaque text', () => {
  it.each([
    ['that fails modulus 11', '0101654321'],
    ['of an impossible date', '9913990000'],
    ['with letters', '010165AB12'],
    ['of another country', 'DE-1234567/89'],
    ['of 64 characters', 'X'.repeat(64)],
    ['that looks like SQL', "'; DROP TABLE instance; --"],
    ['that looks like markup', '<img onerror=alert(1)>'],
  ])('%s: taken, and its series is assembled', async (seed, patientId) => {
    const before = await keys();
    expect(await sendSeries((k) => ({ seed, k, patientId, more: [declared] }))).toEqual(ACKNOWLEDGED);
    expect(await decidedSeries(seed)).toMatchObject({ state: 'complete' });
    const instance = await bench.reads.manager.findOneByOrFail(InstanceEntity, {
      sopInstanceUid: sliceUids({ seed, k: 0 }).instance,
    });
    expect(instance.patientKey).toMatch(/^[0-9a-f]{64}$/);
    expect(before).not.toContain(instance.patientKey);
    expect(bench.log.join('\n')).not.toContain(patientId);
  });

  const keys = async () => (await bench.reads.manager.find(InstanceEntity)).map(({ patientKey }) => patientKey);
});

describe('an odd value is kept as it came, and never stops a series', () => {
  it.each<[string, readonly Buffer[], string[] | undefined]>([
    ['a date that is none', [element(0x00080020, 'DA', '20260231')], ['StudyDate']],
    ['a time that is none', [element(0x00080030, 'TM', '25:61')], undefined],
    ['a number that is none', [element(0x00200012, 'IS', '99999999999')], ['AcquisitionNumber']],
    [
      'an unknown character set',
      [element(0x00080005, 'CS', 'ISO_IR 999'), element(0x00100010, 'PN', '\xd8st')],
      undefined,
    ],
    [
      'escapes without an end',
      [element(0x00080005, 'CS', 'ISO 2022 IR 87'), element(0x00100010, 'PN', '\x1b$B'.repeat(5000))],
      undefined,
    ],
    ['a name of 50000 components', [element(0x00100010, 'PN', '^'.repeat(50_000))], undefined],
    ['quotes, angle brackets and NUL', [element(0x00081030, 'LO', `'"<script>\0\0`)], undefined],
  ])('%s', async (seed, more, unusable) => {
    const plan = (k: number): SlicePlan => ({ seed, k, more: [declared, ...more] });
    expect(await sendSeries(plan)).toEqual(ACKNOWLEDGED);
    expect(await decidedSeries(seed)).toMatchObject({ state: 'complete' });
    const sopInstanceUid = parseUid(sliceUids({ seed, k: 0 }).instance);
    const { header } = await bench.reads.manager.findOneByOrFail(InstanceEntity, { sopInstanceUid });
    expect(header.unusable).toEqual(unusable);
  });
});
