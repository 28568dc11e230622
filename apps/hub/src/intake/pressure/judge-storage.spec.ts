import type { VolumeReading } from '@modelbank/contracts';
import { judgeVolumes, leastRoom } from './judge-storage';

const GIB = 2 ** 30;
const LINES = { maxUsedPercent: 90, minFreeBytes: 2 * GIB };
const volume = (usedPercent: number, freeGib: number, part: VolumeReading['part'] = 'objects'): VolumeReading => ({
  ...{ part, totalBytes: 100 * GIB, freeBytes: freeGib * GIB, usedPercent },
});

describe('a standing', () => {
  it.each<[number, number, boolean, string]>([
    [50, 50, false, 'ok'],
    [90, 10, false, 'ok'],
    [90.1, 10, false, 'full'],
    [50, 1.9, false, 'full'],
    [50, 2, false, 'ok'],
    // once full, clearly better before it is well
    [89, 10, true, 'full'],
    [88, 10, true, 'ok'],
    [50, 2.1, true, 'full'],
    [50, 2.3, true, 'ok'],
  ])('at %d %% used and %d GiB free, full before: %p, is %s', (used, free, wasFull, expected) => {
    expect(judgeVolumes([volume(used, free)], LINES, wasFull).condition).toBe(expected);
  });

  it('names the file system that is full, and never a path', () => {
    const { reason } = judgeVolumes([volume(10, 50), volume(95, 50, 'database')], LINES, false);
    expect(reason).toBe('the file system of the database is 95.0 % full');
  });

  it('has no lines where they are 100 % and 0 bytes', () => {
    const none = { maxUsedPercent: 100, minFreeBytes: 0 };
    expect(judgeVolumes([volume(100, 0)], none, true).condition).toBe('ok');
  });
});

it('announced bytes take room of the objects only', () => {
  const volumes = [volume(50, 10), volume(50, 4, 'database')];
  expect(leastRoom(volumes, 0)).toBe(4 * GIB);
  expect(leastRoom(volumes, 8 * GIB)).toBe(2 * GIB);
  expect(leastRoom([], 5)).toBe(Number.POSITIVE_INFINITY);
});
