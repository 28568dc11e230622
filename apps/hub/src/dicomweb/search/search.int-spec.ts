/** QIDO-RS with stored instances and results: who finds what, by which keys, and what is told of it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUid } from '@modelbank/dicom';
import { InstanceEntity } from '@modelbank/store';
import { element, sliceUids } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { dicomweb, jsonOf, sliceFile, stow } from '../../../../../test/support/dicomweb-client';
import type { DicomJson } from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { RT_STRUCTURE_SET_STORAGE, plantResult } from '../../../../../test/support/planted-result';

let bench: IntakeBench;

const study = (name: string, date: string, patientId: string, more: readonly Buffer[] = []) =>
  [0, 1, 2].map((k) => ({
    ...{ seed: `search ${name}`, k, patientId },
    more: [
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(0x00080020, 'DA', date),
      element(0x00080030, 'TM', '101500'),
      element(0x00080050, 'SH', `ACC ${name}`),
      element(0x00081030, 'LO', `CT ${name}`),
      element(0x0008103e, 'LO', 'Thorax'),
      element(0x00100010, 'PN', 'S\xf8rensen^Bj\xf8rn'),
      element(0x00200010, 'SH', `ID ${name}`),
      element(0x00200011, 'IS', '3'),
      ...more,
    ],
  }));
const HEAD = study('HEAD', '20260110', 'P1');
const CHEST = study('CHEST', '20260215', 'P2', [element(0x00100021, 'LO', 'RSD')]);
const THEIRS = study('THEIRS', '20260110', 'P1');
const MADE = { series: deriveUid('search', 'made series'), instance: deriveUid('search', 'made') };

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  const files = (plans: readonly SlicePlan[]) => plans.map((plan) => sliceFile(plan));
  for (const plans of [HEAD, CHEST]) await stow(bench, files(plans));
  await stow(bench, files(THEIRS), { centre: 'aarhus' });
  const file = sliceFile({ ...HEAD[0], k: 99, sopClassUid: RT_STRUCTURE_SET_STORAGE });
  const of = { centreId: 'odense', studyInstanceUid: uidOf(HEAD), file };
  await plantResult(bench, { ...of, id: 'usable', seriesInstanceUid: MADE.series, sopInstanceUid: MADE.instance });
  await plantResult(bench, { ...of, id: 'early', ...madeUids('early'), inputSetState: 'provisional' });
  await plantResult(bench, { ...of, id: 'withdrawn', ...madeUids('withdrawn'), state: 'withdrawn' });
});
afterAll(() => bench.dispose());

const uidOf = (plans: readonly SlicePlan[]) => sliceUids(plans[0]).study;
const madeUids = (name: string) => ({
  seriesInstanceUid: deriveUid('search', name, 'series'),
  sopInstanceUid: deriveUid('search', name),
});
const ask = (path: string, centre = 'odense') => dicomweb(bench, { path: `/dicomweb/MODELBANK/${path}`, centre });
async function find(path: string, tag: string, centre = 'odense'): Promise<unknown[]> {
  const answer = await ask(path, centre);
  expect(answer.status).toBe(200);
  return jsonOf<DicomJson[]>(answer).map((item) => item[tag]?.Value?.[0]);
}
const studies = (query: string, centre = 'odense') => find(`studies?${query}`, '0020000D', centre);

describe('a search for studies', () => {
  it('tells of each what the standard asks for, names in Unicode', async () => {
    const answer = await ask(`studies?StudyInstanceUID=${uidOf(HEAD)}`);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/dicom+json; charset=utf-8' });
    const url = `https://localhost:${bench.dicomwebPort}/dicomweb/MODELBANK/studies/${uidOf(HEAD)}`;
    expect(jsonOf<DicomJson[]>(answer)).toEqual([
      expect.objectContaining({
        '00080020': { vr: 'DA', Value: ['20260110'] },
        '00080050': { vr: 'SH', Value: ['ACC HEAD'] },
        '00080061': { vr: 'CS', Value: ['CT', 'RTSTRUCT'] },
        '00081190': { vr: 'UR', Value: [url] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Sørensen^Bjørn' }] },
        '00100020': { vr: 'LO', Value: ['P1'] },
        '00100030': { vr: 'DA' },
        '00201206': { vr: 'IS', Value: [2] },
        '00201208': { vr: 'IS', Value: [4] },
      }),
    ]);
  });

  it.each<[string, string, () => string[]]>([
    ['nothing in particular', '', () => [uidOf(HEAD), uidOf(CHEST)]],
    ['universal keys', 'PatientName=*&PatientID=&StudyDescription=*', () => [uidOf(HEAD), uidOf(CHEST)]],
    ['a patient id', 'PatientID=P1', () => [uidOf(HEAD)]],
    ['a patient id that has an issuer', 'PatientID=P2&IssuerOfPatientID=RSD', () => [uidOf(CHEST)]],
    ['a patient id of another issuer', 'PatientID=P2&IssuerOfPatientID=RM', () => []],
    ['a date', 'StudyDate=20260110', () => [uidOf(HEAD)]],
    ['a range of dates', 'StudyDate=20260201-20260301', () => [uidOf(CHEST)]],
    ['an open range and a time', '00080020=20260101-&00080030=1000-1100', () => [uidOf(HEAD), uidOf(CHEST)]],
    ['a description with wildcards', 'StudyDescription=C?%20*E*T', () => [uidOf(CHEST)]],
    ['an accession number', 'AccessionNumber=ACC%20HEAD', () => [uidOf(HEAD)]],
    ['a modality of a result', 'ModalitiesInStudy=RTSTRUCT', () => [uidOf(HEAD)]],
    ['a list of UIDs', `StudyInstanceUID=${sliceUids(HEAD[0]).study},1.2.3`, () => [uidOf(HEAD)]],
  ])('by %s', async (_what, query, expected) => {
    expect((await studies(query)).sort()).toEqual(expected().sort());
  });

  it('pages, says when there is more, and what it cannot do', async () => {
    const all = await studies('');
    const first = await ask('studies?limit=1&fuzzymatching=true&includefield=00081030');
    expect(jsonOf<DicomJson[]>(first).map((item) => item['0020000D'].Value?.[0])).toEqual([all[0]]);
    expect(first.headers.warning).toMatch(/^299 modelbank "fuzzymatching .*", 299 modelbank "there are more results/);
    expect(await studies('limit=1&offset=1')).toEqual([all[1]]);
    expect((await ask('studies?limit=1&offset=1')).headers.warning).toBeUndefined();
    expect(await studies('limit=1&offset=1&StudyTime=10')).toEqual([all[1]]);
    expect(await studies('offset=1000000000')).toEqual([]);
  });

  it('shows a centre its own only, whatever it asks for', async () => {
    expect(await studies('', 'aarhus')).toEqual([uidOf(THEIRS)]);
    for (const query of [`StudyInstanceUID=${uidOf(HEAD)}`, 'PatientID=P2&IssuerOfPatientID=RSD']) {
      expect(await studies(query, 'aarhus')).toEqual([]);
    }
    expect((await ask(`studies/${uidOf(HEAD)}/series`, 'aarhus')).status).toBe(404);
    expect((await ask(`studies/${uidOf(HEAD)}/instances`, 'aarhus')).status).toBe(404);
    expect(await find(`instances?SOPInstanceUID=${MADE.instance}`, '00080018', 'aarhus')).toEqual([]);
    expect(await find(`series?SeriesInstanceUID=${MADE.series}`, '0020000E', 'aarhus')).toEqual([]);
  });

  it.each(['PatientName=S*', 'limit=x', 'StudyDate=2026', 'Nonsense=1', 'StudyInstanceUID=..'])(
    'is a bad request with %s',
    async (query) => {
      const answer = await ask(`studies?${query}`);
      expect(answer.status).toBe(400);
      expect(jsonOf<Record<string, unknown>>(answer)).toMatchObject({ code: 'INVALID_REQUEST' });
    },
  );

  it('is written down as a read, without what was searched for', async () => {
    const before = (await bench.journal('dicomweb.searched')).length;
    await studies('PatientID=P1');
    const entries = await bench.journal('dicomweb.searched');
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)).toMatchObject({
      centreId: 'odense',
      actor: bench.pki.centres.odense.client.fingerprintSha256,
      details: { level: 'study', results: 1 },
    });
  });
});

describe('a search for series and instances', () => {
  it('finds what was received and what the hub made and may be used', async () => {
    const series = await find(`studies/${uidOf(HEAD)}/series`, '0020000E');
    expect(series.sort()).toEqual([sliceUids(HEAD[0]).series, MADE.series].sort());
    const instances = await find(`studies/${uidOf(HEAD)}/instances`, '00080018');
    expect(instances.sort()).toEqual([...HEAD.map((plan) => sliceUids(plan).instance), MADE.instance].sort());
    const made = await find(`studies/${uidOf(HEAD)}/series/${MADE.series}/instances`, '00080018');
    expect(made).toEqual([MADE.instance]);
  });

  it('filters by what a series and an instance have', async () => {
    expect(await find('series?Modality=RTSTRUCT', '0020000E')).toEqual([MADE.series]);
    expect(await find('series?SeriesNumber=3&StudyID=ID%20CHEST', '0020000E')).toEqual([sliceUids(CHEST[0]).series]);
    expect(await find('instances?InstanceNumber=2&StudyDate=20260215', '00080018')).toEqual([
      sliceUids(CHEST[1]).instance,
    ]);
    expect(await find(`instances?SOPClassUID=${RT_STRUCTURE_SET_STORAGE}`, '00080018')).toEqual([MADE.instance]);
    expect(await find(`instances?SOPInstanceUID=${MADE.instance}`, '00080018')).toEqual([MADE.instance]);
    expect(await find(`studies/${uidOf(HEAD)}/instances?limit=2&offset=3`, '0020000D')).toHaveLength(1);
  });

  it('tells of a series and of an instance what the standard asks for', async () => {
    const [series] = jsonOf<DicomJson[]>(await ask(`series?SeriesInstanceUID=${sliceUids(HEAD[0]).series}`));
    expect(series).toMatchObject({
      '00080060': { Value: ['CT'] },
      '0008103E': { Value: ['Thorax'] },
      '00200011': { vr: 'IS', Value: [3] },
      '00201209': { Value: [3] },
      '00100020': { Value: ['P1'] },
    });
    const { series: seriesUid, instance, study: studyUid } = sliceUids(HEAD[1]);
    const [found] = jsonOf<DicomJson[]>(
      await ask(`studies/${studyUid}/series/${seriesUid}/instances?SOPInstanceUID=${instance}`),
    );
    expect(found).toMatchObject({
      '00080018': { Value: [instance] },
      '00083002': { Value: ['1.2.840.10008.1.2.1'] },
      '00200013': { Value: [2] },
      '00280010': { Value: [16] },
    });
    expect(found['00100020']).toBeUndefined();
  });

  it('goes on when the files of a study are gone', async () => {
    const gone = study('GONE', '20260310', 'P3');
    const files = gone.map((plan) => sliceFile(plan));
    await stow(bench, files);
    const rows = await bench.reads.manager.findBy(InstanceEntity, { studyInstanceUid: uidOf(gone) });
    for (const { objectKey } of rows) await rm(join(bench.configuration.home, 'objects', objectKey));
    expect(await studies('')).toHaveLength(3);
    expect(await studies('StudyDate=20260310')).toEqual([]);
    const { instance } = sliceUids(gone[0]);
    expect(await find(`instances?SOPInstanceUID=${instance}`, '00080018')).toEqual([instance]);
  });
});
