/** An image that comes again as dcmtk has encoded it anew: the same content, whatever the bytes. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseUid, splitPart10 } from '@modelbank/dicom';
import { itWhen, runStorescu } from '@modelbank/testing';
import { element, sequence, writeSlice } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { SameUidBench } from '../../../../../test/support/same-uid-bench';

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

let bench: SameUidBench;
beforeAll(async () => {
  bench = await SameUidBench.open();
});
afterAll(() => bench.dispose());

const HAS_DCMTK = ['storescu', 'dcmconv', 'dcmcjpeg', 'dcmcrle', 'dcmcjpls'].every((tool) =>
  existsSync(`/usr/bin/${tool}`),
);

describe('the same image in another encoding', () => {
  const planOf = (seed: string): SlicePlan => ({
    ...{ seed, k: 0, side: 32 },
    more: [sequence(0x00081110, element(0x00080104, 'LO', 'odd')), element(0x00111001, 'LO', 'private ')],
  });

  const dcmtk = itWhen(HAS_DCMTK, 'dcmtk is not installed');
  dcmtk.each(['-xi', '-xb'])('of a sender that converts it (storescu %s) is a duplicate', async (option) => {
    const { path, sopInstanceUid } = await writeSlice(bench.folder, planOf(`storescu${option}`));
    const tls = bench.intake.toolTls('odense');
    const target = { port: bench.intake.dimsePort, callingAeTitle: 'CT1', calledAeTitle: 'MODELBANK', tls };
    expect((await runStorescu(target, [path])).exitCode).toBe(0);
    await expectDuplicate(sopInstanceUid, async () => {
      const sent = await runStorescu(target, [option, path]);
      expect(sent).toMatchObject({ exitCode: 0, output: expect.stringContaining('Store Response (Success)') });
    });
  });

  dcmtk.each([
    ['undefined lengths', 'dcmconv', ['--length-undefined']],
    ['group lengths', 'dcmconv', ['--group-length-create']],
    ['trailing padding', 'dcmconv', ['--padding-create', '512', '512']],
    ['implicit VRs', 'dcmconv', ['+ti']],
    ['big endian', 'dcmconv', ['+tb']],
    ['JPEG lossless', 'dcmcjpeg', ['+e1']],
    ['JPEG-LS lossless', 'dcmcjpls', ['+el']],
    ['RLE', 'dcmcrle', []],
  ])('%s: a duplicate', async (name, tool, options) => {
    const { path, sopInstanceUid, dataSet } = await writeSlice(bench.folder, planOf(name));
    expect(await bench.receive(dataSet, parseUid(sopInstanceUid))).toBeUndefined();
    execFileSync(tool, [...options, path, `${path}.other`], { stdio: 'pipe' });
    const bytes = await readFile(`${path}.other`);
    const { dataSetOffset, meta } = splitPart10(bytes);
    const other = bytes.subarray(dataSetOffset);
    expect(other.equals(dataSet)).toBe(false);
    await expectDuplicate(sopInstanceUid, async () => {
      const { transferSyntaxUid } = meta;
      expect(await bench.receive(other, parseUid(sopInstanceUid), { transferSyntaxUid })).toBeUndefined();
    });
  });

  async function expectDuplicate(sopInstanceUid: string, sendAgain: () => Promise<void>): Promise<void> {
    const [first] = await bench.instances(sopInstanceUid);
    const object = await readFile(bench.objects.pathOf(first.objectKey));
    const before = await bench.objectCount();
    await sendAgain();
    expect(await bench.instances(sopInstanceUid)).toEqual([first]);
    expect(await bench.revisions(sopInstanceUid)).toEqual([]);
    expect((await readFile(bench.objects.pathOf(first.objectKey))).equals(object)).toBe(true);
    expect(await bench.objectCount()).toBe(before);
    expect(await bench.journalOf('instance.conflict', first.id)).toEqual([]);
    const described = await bench.journalOf('instance.redescribed', first.id);
    // dcmcjpeg says what it did
    expect(described.filter(({ details }) => !JSON.stringify(details).includes('DerivationDescription'))).toEqual([]);
    const told = (await bench.intake.outbox()).filter(({ envelope }) => envelope.event === 'image.stored');
    expect(told.filter(({ envelope }) => JSON.stringify(envelope.body).includes(first.id)).length).toBeLessThan(2);
  }
});
