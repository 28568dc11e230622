/** Objects that writing threads write: whole, with their digests, durable; and nothing of them when something fails. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderObjectStore } from './folder-object-store';
import { PIECE_BYTES } from './writing-threads';

let folder: string;
let store: FolderObjectStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelbank-upload-'));
  store = new FolderObjectStore(folder);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const parts = () => readdirSync(join(folder, '.parts'));

/** Writes the bytes in chunks of uneven length, waiting where it is asked to. Returns how often it was. */
async function writeAll(upload: ReturnType<typeof store.upload>, bytes: Buffer, chunk = 65_521): Promise<number> {
  let waits = 0;
  for (let at = 0; at < bytes.length; at += chunk) {
    const room = upload.write(bytes.subarray(at, at + chunk));
    if (room) waits += 1;
    await room;
  }
  return waits;
}

describe('an upload', () => {
  it.each([
    ['one byte', 1],
    ['less than a piece', PIECE_BYTES - 1],
    ['exactly a piece', PIECE_BYTES],
    ['two pieces and a byte', 2 * PIECE_BYTES + 1],
  ])('keeps %s and knows its digest', async (_what, length) => {
    const bytes = randomBytes(length);
    const upload = store.upload();
    await writeAll(upload, bytes);
    expect(await upload.commit('instances/ab/1')).toEqual({
      sha256: sha256(bytes),
      sizeBytes: length,
    });
    expect((await store.read('instances/ab/1')).equals(bytes)).toBe(true);
    expect(parts()).toEqual([]);
  });

  it('copies what it is given, so that the caller may use its buffer again', async () => {
    const buffer = Buffer.from('first');
    const upload = store.upload();
    void upload.write(buffer);
    buffer.fill(0);
    await upload.commit('a/1');
    expect(String(await store.read('a/1'))).toBe('first');
  });

  it('makes a fast sender wait', async () => {
    const upload = store.upload();
    const bytes = randomBytes(40 * PIECE_BYTES);
    expect(await writeAll(upload, bytes, PIECE_BYTES)).toBeGreaterThan(0);
    expect((await upload.commit('a/1')).sha256).toBe(sha256(bytes));
  });

  it('goes on beside others', async () => {
    const all = Array.from({ length: 20 }, () => randomBytes(PIECE_BYTES + 7));
    const written = await Promise.all(
      all.map(async (bytes, index) => {
        const upload = store.upload();
        await writeAll(upload, bytes);
        return upload.commit(`a/${index}`);
      }),
    );
    expect(written.map((each) => each.sha256)).toEqual(all.map(sha256));
  });

  it('leaves nothing when it is discarded, half written or not begun', async () => {
    const upload = store.upload();
    await writeAll(upload, randomBytes(3 * PIECE_BYTES));
    await upload.discard();
    await store.upload().discard();
    expect(parts()).toEqual([]);
  });

  it('is over once: discarding what was committed or discarded before changes nothing', async () => {
    const upload = store.upload();
    void upload.write(Buffer.from('kept'));
    await upload.commit('a/1');
    await upload.discard();
    expect(String(await store.read('a/1'))).toBe('kept');
    const unwanted = store.upload();
    await unwanted.discard();
    await unwanted.discard();
  });

  it('fails with a code when the folder is gone, and the next one works when it is back', async () => {
    const away = `${folder}-away`;
    renameSync(folder, away);
    const lost = store.upload();
    void lost.write(randomBytes(100));
    await expect(lost.commit('a/1')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await lost.discard();
    renameSync(away, folder);
    const upload = store.upload();
    void upload.write(Buffer.from('again'));
    await upload.commit('a/1');
    expect(String(await store.read('a/1'))).toBe('again');
    expect(parts()).toEqual([]);
  });

  it('fails when a piece before the last could not be written, however many follow', async () => {
    const away = `${folder}-away`;
    const upload = store.upload();
    renameSync(folder, away);
    // the piece fails in its thread, not here
    void upload.write(randomBytes(PIECE_BYTES));
    await expect(upload.commit('a/1')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    renameSync(away, folder);
    await upload.discard();
    expect(await store.exists('a/1')).toBe(false);
    expect(() => upload.write(Buffer.from('more'))).toThrow('the object folder is gone');
  });

  it('fails with a code when its thread dies, and the next one gets a new thread', async () => {
    const upload = store.upload();
    await writeAll(upload, randomBytes(2 * PIECE_BYTES));
    const failing = upload.commit('a/1');
    await store.close();
    await expect(failing).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await upload.discard();
    const next = store.upload();
    void next.write(Buffer.from('next'));
    await next.commit('a/2');
    expect(String(await store.read('a/2'))).toBe('next');
  });
});
