import { VirtualClock } from '@modelbank/testing';
import type { UnitOfWork } from '@modelbank/store';
import { COALESCED_MS, ReadJournal } from './read-journal';
import type { ReadKind } from './read-journal';

const STUDY = {
  ...{ centreId: 'odense', studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.4', sopInstanceUid: '1.2.5' },
  ...{ transferSyntaxUid: '1.2.840.10008.1.2.1', objectKey: 'a', objectSha256: 'b' },
};

let entries: number;
let fails: boolean;
let clock: VirtualClock;
let journal: ReadJournal;

beforeEach(() => {
  entries = 0;
  fails = false;
  clock = new VirtualClock();
  const units = {
    run: () => {
      if (fails) return Promise.reject(new Error('the database is away'));
      entries += 1;
      return Promise.resolve();
    },
  };
  journal = new ReadJournal(units as unknown as UnitOfWork, clock);
});

const note = (actor = 'doctor', kind: ReadKind = 'frames', study = STUDY) =>
  journal.note({ actor, centreIds: ['odense'] }, kind, study);

describe('the journal of reads', () => {
  it('has one entry for many reads within a minute, and the next after it', async () => {
    await Promise.all(Array.from({ length: 1000 }, () => note()));
    await clock.advance(COALESCED_MS - 1);
    await note();
    expect(entries).toBe(1);
    await clock.advance(1);
    await note();
    expect(entries).toBe(2);
  });

  it('keeps persons, studies, centres and kinds apart', async () => {
    await note();
    await note('other');
    await note('doctor', 'metadata');
    await note('doctor', 'frames', { ...STUDY, studyInstanceUid: '1.2.9' });
    await note('doctor', 'frames', { ...STUDY, centreId: 'aarhus' });
    expect(entries).toBe(5);
  });

  it('lets nobody read what it cannot write down, and tries again', async () => {
    fails = true;
    await expect(note()).rejects.toThrow('away');
    fails = false;
    await note();
    expect(entries).toBe(1);
  });

  it('forgets the oldest when too many read, and writes them again', async () => {
    for (let person = 0; person < 10_001; person++) await note(`person ${person}`);
    await note('person 10000');
    expect(entries).toBe(10_001);
    await note('person 0');
    expect(entries).toBe(10_002);
  });
});
