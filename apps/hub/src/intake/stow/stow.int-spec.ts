/** STOW-RS over mutual TLS, byte for byte: what is kept, what each part is told, and what harms nobody. */
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssociationEntity, InstanceEntity } from '@modelbank/store';
import { sliceDataSet, sliceUids, element } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import {
  BOUNDARY,
  STOW_HEADERS,
  dicomweb,
  jsonOf,
  multipart,
  sliceFile,
  stow,
} from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterAll(() => bench.dispose());

const instanceOf = (plan: SlicePlan, centreId = 'odense') =>
  bench.reads.manager.findOneBy(InstanceEntity, { centreId, sopInstanceUid: sliceUids(plan).instance });
const partFiles = () => readdir(join(bench.configuration.home, 'objects', '.parts'));
const values = (items: unknown[] | undefined, tag: string) =>
  (items as Record<string, { Value: unknown[] }>[] | undefined)?.map((item) => item[tag]?.Value[0]);

describe('a store request', () => {
  it('keeps every instance byte for byte, and says where each can be had', async () => {
    const plans = Array.from({ length: 20 }, (_, k) => ({ seed: 'stow kept', k, side: 128 }));
    const answer = await stow(
      bench,
      plans.map((plan) => sliceFile(plan)),
    );
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/dicom+json; charset=utf-8' } });
    const { study, series } = sliceUids(plans[0]);
    const base = `https://localhost:${bench.dicomwebPort}/dicomweb/MODELBANK/studies/${study}`;
    const body = jsonOf(answer);
    expect(body['00081190'].Value).toEqual([base]);
    expect(values(body['00081199'].Value, '00081190')).toEqual(
      plans.map((plan) => `${base}/series/${series}/instances/${sliceUids(plan).instance}`),
    );
    for (const plan of plans) {
      const row = await instanceOf(plan);
      const object = await readFile(join(bench.configuration.home, 'objects', row?.objectKey ?? ''));
      const dataSet = sliceDataSet(plan);
      expect(object.subarray(-dataSet.length).equals(dataSet)).toBe(true);
      expect(row).toMatchObject({ disposition: 'waiting', purpose: 'test' });
    }
    expect(await partFiles()).toEqual([]);
  });

  it('is an arrival with a row of its own that ends', async () => {
    const plan = { seed: 'stow arrival', k: 0 };
    await stow(bench, [sliceFile(plan)]);
    const row = await instanceOf(plan);
    const arrival = await bench.reads.manager.findOneByOrFail(AssociationEntity, { id: row?.associationId });
    expect(arrival).toMatchObject({ centreId: 'odense', callingAeTitle: 'STOW-RS', outcome: 'released' });
    expect(arrival.instancesStored).toBe(1);
    const told = (await bench.outbox()).filter(({ envelope }) => envelope.causationId === arrival.id);
    expect(told.map(({ queue }) => queue).sort()).toEqual(['assembly.association.ended', 'assembly.image.stored']);
  });
});
