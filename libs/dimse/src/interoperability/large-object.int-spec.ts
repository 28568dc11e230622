/** Our SCU to our SCP: a 200 MB object through both with bounded memory, and many contexts through few associations. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveUid } from '@modelbank/dicom';
import { CollectingScp, keptBytes, writeSyntheticCt } from '@modelbank/testing';
import { openAssociation, readStoreOperation, sendFiles } from '../index';

const MIB = 1024 ** 2;
let home: string;
let scp: CollectingScp;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'large-'));
});
afterEach(() => scp.server.close(0));
afterAll(() => rm(home, { recursive: true }));

const target = () => ({ host: '127.0.0.1', port: scp.port, callingAeTitle: 'SCU', calledAeTitle: 'SCP' });

async function digest(path: string, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { start })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

it('passes 200 MB with less than 100 MB more memory, also when the disk is slower than the network', async () => {
  const received: Hash = createHash('sha256');
  let writes = 0;
  let peakBytes = 0;
  scp = await CollectingScp.start({
    countOnly: true,
    onWrite: (chunk) => {
      received.update(chunk);
      writes += 1;
      if (writes % 100 !== 0) return undefined;
      peakBytes = Math.max(peakBytes, keptBytes());
      return new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  const ct = await writeSyntheticCt(join(home, 'large.dcm'), 'large', 200_000_000);
  const before = keptBytes();
  const [sent] = await sendFiles(target(), [ct.path]);
  expect(sent.status?.kind).toBe('success');
  expect(received.digest('hex')).toBe(await digest(ct.path, ct.dataSetOffset));
  expect((peakBytes - before) / MIB).toBeLessThan(100);
}, 90_000);

it('uses one association after another for many transfer syntaxes and classes, in the order of the files', async () => {
  scp = await CollectingScp.start();
  const paths = await Promise.all(
    Array.from(
      { length: 5 },
      async (_, index) => (await writeSyntheticCt(join(home, `${index}.dcm`), `${index}`, 100)).path,
    ),
  );
  const sent = await sendFiles(target(), paths);
  expect(sent.map(({ path }) => path)).toEqual(paths);
  expect(scp.peers).toHaveLength(1);
  const operation = await readStoreOperation(paths[0]);
  const wanted = Array.from({ length: 129 }, (_, index) => ({ ...operation, sopClassUid: deriveUid(String(index)) }));
  await expect(openAssociation({ ...target(), presentationContexts: wanted })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  });
  const association = await openAssociation({
    ...target(),
    presentationContexts: [...wanted.slice(0, 127), operation],
  });
  expect((await association.store({ ...operation, sopInstanceUid: '1.2.3.4' })).kind).toBe('success');
  await association.release();
});
