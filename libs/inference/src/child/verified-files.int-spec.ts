/** The bytes of a package against its registered digests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVerifiedPackage, sha256 } from './verified-files';

describe('a registered package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verified-'));
  const network = Buffer.from('network');
  const card = Buffer.from('card');
  const digests = { 'model.onnx': sha256(network), 'MODEL_CARD.md': sha256(card) };

  beforeEach(() => {
    writeFileSync(join(folder, 'model.onnx'), network);
    writeFileSync(join(folder, 'MODEL_CARD.md'), card);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the bytes that are asked for and keeps none of the others', async () => {
    const files = await readVerifiedPackage(folder, digests, ['model.onnx']);
    expect([...files]).toEqual([['model.onnx', network]]);
  });

  it.each(['model.onnx', 'MODEL_CARD.md'])('refuses a changed %s, asked for or not', async (name) => {
    writeFileSync(join(folder, name), 'changed');
    await expect(readVerifiedPackage(folder, digests, ['model.onnx'])).rejects.toMatchObject({
      code: 'PACKAGE_DIGEST_MISMATCH',
      message: expect.stringContaining(name),
    });
  });
});
