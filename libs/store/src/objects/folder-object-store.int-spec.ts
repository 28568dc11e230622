/** Objects are whole or absent, keys cannot leave the folder, and a full disk has its own code. */
import promises from 'node:fs/promises';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderObjectStore } from './folder-object-store';

let folder: string;
let store: FolderObjectStore;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'modelbank-objects-')), 'deep', 'objects');
  store = new FolderObjectStore(folder);
});
afterEach(() => rmSync(join(folder, '..', '..'), { recursive: true }));

const part = (text = 'bytes') => {
  const path = store.newPartPath();
  writeFileSync(path, text);
  return path;
};
const parts = () => readdirSync(join(folder, '.parts'));

describe('the object store', () => {
  it('keeps what was put', async () => {
    await store.put('ab/cd/abcd.dcm', Buffer.from('first'));
    expect(String(await store.read('ab/cd/abcd.dcm'))).toBe('first');
    await store.put('ab/cd/abcd.dcm', Buffer.from('second'));
    expect(String(await store.read('ab/cd/abcd.dcm'))).toBe('second');
    expect(store.pathOf('ab/cd/abcd.dcm')).toBe(join(folder, 'ab/cd/abcd.dcm'));
    expect(await store.exists('ab/cd/abcd.dcm')).toBe(true);
    await store.remove('ab/cd/abcd.dcm');
    await store.remove('ab/cd/abcd.dcm');
    expect(await store.exists('ab/cd/abcd.dcm')).toBe(false);
    expect(parts()).toEqual([]);
  });

  it('commits a part once, and takes the same commit again', async () => {
    const path = part();
    await store.commitPart(path, 'ab/1');
    await store.commitPart(path, 'ab/1');
    expect(String(await store.read('ab/1'))).toBe('bytes');
    expect(parts()).toEqual([]);
  });

  it('syncs the file, then renames it, then syncs the folders that changed', async () => {
    const log: string[] = [];
    const { open, rename } = promises;
    const spies = [
      jest.spyOn(promises, 'open').mockImplementation(async (path, flags) => {
        const handle = await open(path, flags);
        const { sync } = handle;
        handle.sync = () => (log.push(`sync ${String(path).replace(folder, '')}`), sync.call(handle));
        return handle;
      }),
      jest.spyOn(promises, 'rename').mockImplementation((from, to) => (log.push('rename'), rename(from, to))),
    ];
    const path = part();
    await store.commitPart(path, 'ab/cd/1');
    spies.forEach((spy) => spy.mockRestore());
    expect(log).toEqual([`sync ${path.replace(folder, '')}`, 'sync /ab', 'sync ', 'rename', 'sync /ab/cd']);
  });

  it('says NOT_FOUND for what is not there', async () => {
    await expect(store.read('ab/none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.commitPart(store.newPartPath(), 'ab/none')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    'a/',
    '.parts/x',
    'a/.hidden',
    'A',
    'a\\b',
    'a\0b',
    'å',
    'a/..',
    'x'.repeat(129),
  ])('refuses the key %p', async (key) => {
    await expect(store.read(key)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(store.put(key, Buffer.from('x'))).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(() => store.pathOf(key)).toThrow();
    expect(parts()).toEqual([]);
  });

  it('commits and discards its own part files only', async () => {
    const foreign = join(folder, 'foreign');
    writeFileSync(foreign, 'x');
    await expect(store.commitPart(foreign, 'ab/1')).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(store.discardPart(join(folder, '.parts', '..', 'foreign'))).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    const own = part();
    await store.discardPart(own);
    await store.discardPart(own);
    expect(parts()).toEqual([]);
  });

  it.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EROFS', 'STORAGE_FAILED'],
    ['EIO', 'STORAGE_FAILED'],
    ['EACCES', 'STORAGE_FAILED'],
  ])('tells %s as %s, and keeps no half object', async (code, expected) => {
    const failing = jest.spyOn(promises, 'writeFile').mockRejectedValue(Object.assign(new Error(folder), { code }));
    await expect(store.put('ab/1', Buffer.from('x'))).rejects.toMatchObject({ code: expected });
    failing.mockRestore();
    const failingRename = jest.spyOn(promises, 'rename').mockRejectedValue(Object.assign(new Error(folder), { code }));
    const error: unknown = await store.put('ab/1', Buffer.from('x')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expected });
    expect((error as Error).message).not.toContain(folder);
    failingRename.mockRestore();
    expect(await store.exists('ab/1')).toBe(false);
    expect(parts()).toEqual([]);
  });

  it('removes what a dead process left, and nothing younger than asked', async () => {
    const old = part();
    const hour = 3600;
    utimesSync(old, Date.now() / 1000 - hour, Date.now() / 1000 - hour);
    const young = part();
    expect(await store.removeAbandonedParts((hour / 2) * 1000)).toBe(1);
    expect(parts().map((name) => join(dirname(young), name))).toEqual([young]);
    expect(await store.removeAbandonedParts(0)).toBe(1);
    expect(parts()).toEqual([]);
  });
});
