/** What retention deleted, seen through DICOMweb: not found, said to be gone, and there again when it comes again. */
import { In } from 'typeorm';
import { UNIT_OF_WORK } from '@modelbank/contracts';
import { deriveUid, sopClassUid } from '@modelbank/dicom';
import { InstanceEntity } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { element, sliceUids } from '../../../../test/support/ct-slices';
import { dicomweb, jsonOf, sliceFile, stow } from '../../../../test/support/dicomweb-client';
import type { DicomJson } from '../../../../test/support/dicomweb-client';
import { partsOf } from '../../../../test/support/dicomweb-reader';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { RT_STRUCTURE_SET_STORAGE, plantResult } from '../../../../test/support/planted-result';
import { RetentionSweep } from '../retention/retention-sweep';

/** Real sockets on a busy machine. */
jest.setTimeout(60_000);

const OLD = new Date(Date.now() - 181 * 86_400_000);
const mr = (seed: string, k = 0) => ({ seed: `deleted ${seed}`, k, sopClassUid: sopClassUid('MRImageStorage') });
const GONE = [0, 1].map((k) => mr('gone', k));
const OUTLIVED = mr('outlived');
const KEPT = mr('kept');
/** A series of the study of `KEPT` that goes. */
const PARTLY = { ...mr('kept', 1), more: [element(0x0020000e, 'UI', deriveUid('deleted', 'series'))] };
const MADE = { series: deriveUid('deleted', 'made series'), instance: deriveUid('deleted', 'made') };

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  const old = [...GONE, OUTLIVED, PARTLY];
  for (const plan of [...old, KEPT]) expect((await stow(bench, [sliceFile(plan)])).status).toBe(200);
  const file = sliceFile({ ...OUTLIVED, k: 9, sopClassUid: RT_STRUCTURE_SET_STORAGE });
  await plantResult(bench, {
    ...{ id: 'made', centreId: 'odense', studyInstanceUid: sliceUids(OUTLIVED).study, file },
    ...{ seriesInstanceUid: MADE.series, sopInstanceUid: MADE.instance },
  });
  const sopInstanceUid = In(old.map((plan) => sliceUids(plan).instance));
  await bench.app
    .get<UnitOfWork>(UNIT_OF_WORK, { strict: false })
    .run((tx) => tx.manager.update(InstanceEntity, { sopInstanceUid }, { receivedAt: OLD }));
  await bench.app.get(RetentionSweep, { strict: false }).sweep();
  expect(await bench.reads.manager.countBy(InstanceEntity, { disposition: 'deleted' })).toBe(old.length);
});
afterAll(() => bench.dispose());

const get = (
  path: string,
  centre = 'odense',
  accept = 'multipart/related; type="application/dicom"; transfer-syntax=*',
) => dicomweb(bench, { path: `/dicomweb/MODELBANK/${path}`, centre, headers: { accept } });
async function found(path: string, tag: string): Promise<unknown[]> {
  const answer = await get(path, 'odense', 'application/dicom+json');
  expect(answer.status).toBe(200);
  return jsonOf<DicomJson[]>(answer).map((item) => item[tag]?.Value?.[0]);
}
const pathOf = (plan: typeof KEPT) => {
  const { study, series, instance } = sliceUids(plan);
  return {
    study: `studies/${study}`,
    series: `studies/${study}/series/${series}`,
    instance: `studies/${study}/series/${series}/instances/${instance}`,
  };
};

it('is not found, page by page; a study is by the results that outlive it', async () => {
  const visible = [sliceUids(OUTLIVED).study, sliceUids(KEPT).study].sort();
  expect(await found('studies', '0020000D')).toEqual(visible);
  expect(await found('studies?limit=1', '0020000D')).toEqual(visible.slice(0, 1));
  expect(await found('studies?limit=1&offset=1', '0020000D')).toEqual(visible.slice(1));
  expect(await found('studies?offset=2', '0020000D')).toEqual([]);
  const { study } = pathOf(OUTLIVED);
  expect(await found(`${study}/series`, '0020000E')).toEqual([MADE.series]);
  expect(await found(`${study}/instances`, '00080018')).toEqual([MADE.instance]);
  expect(await found(`${pathOf(KEPT).study}/instances`, '00080018')).toEqual([sliceUids(KEPT).instance]);
  expect(await found(`instances?SOPInstanceUID=${sliceUids(PARTLY).instance}`, '00080018')).toEqual([]);
  expect(await found(`studies?StudyInstanceUID=${sliceUids(GONE[0]).study}`, '0020000D')).toEqual([]);
});

it.each(['', '/metadata', '/frames/1', '/rendered', '/bulkdata/7FE00010'])(
  'is gone (410): %s of an instance',
  async (resource) => {
    const accept = '*/*';
    const answer = await get(pathOf(GONE[0]).instance + resource, 'odense', accept);
    expect([answer.status, jsonOf<Record<string, unknown>>(answer).code]).toEqual([410, 'OBJECT_DELETED']);
    expect((await get(pathOf(GONE[0]).instance + resource, 'aarhus', accept)).status).toBe(404);
  },
);

it('is gone as a series and as a study, and left out of a study that has more', async () => {
  const { study, series } = pathOf(GONE[0]);
  for (const path of [study, series, `${study}/metadata`, `${series}/rendered`]) {
    expect((await get(path, 'odense', '*/*')).status).toBe(410);
  }
  expect(await partsOf(await get(pathOf(KEPT).study))).toHaveLength(1);
  expect(await partsOf(await get(pathOf(OUTLIVED).study))).toHaveLength(1);
});

it('is there again when it came again', async () => {
  expect((await stow(bench, [sliceFile(GONE[1])])).status).toBe(200);
  expect((await get(pathOf(GONE[1]).instance)).status).toBe(200);
  expect(await found(`${pathOf(GONE[1]).study}/instances`, '00080018')).toEqual([sliceUids(GONE[1]).instance]);
});
