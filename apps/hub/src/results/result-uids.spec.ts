import { isUid } from '@modelbank/dicom';
import { resultUids } from './result-uids';

const KEY = 'a'.repeat(64);

describe('UIDs of results', () => {
  it('are the same for the same job, kind and encoding, and are UIDs', () => {
    const uids = resultUids(KEY, 'RTSTRUCT', 'xor');
    expect(uids).toEqual(resultUids(KEY, 'RTSTRUCT', 'xor'));
    expect(Object.values(uids).every(isUid)).toBe(true);
  });

  it('differ between instance and series, jobs and encodings', () => {
    const all = [
      resultUids(KEY, 'RTSTRUCT', 'xor'),
      resultUids(KEY, 'RTSTRUCT', 'keyhole'),
      resultUids('b'.repeat(64), 'RTSTRUCT', 'xor'),
    ];
    expect(
      new Set(all.flatMap(({ sopInstanceUid, seriesInstanceUid }) => [sopInstanceUid, seriesInstanceUid])).size,
    ).toBe(6);
  });
});
