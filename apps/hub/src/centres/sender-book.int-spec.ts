/** The book of senders on every database: what is written at once, what is counted, and the bounds that a crowd cannot pass. */
import type { SenderAttempt } from '@modelbank/contracts';
import { createLogger } from '@modelbank/platform';
import { JournalEntryEntity, UnknownSenderEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import { MOST_SENDERS, SenderBookOfHub } from './sender-book';

/** Real databases on a busy machine. */
jest.setTimeout(120_000);

const attempt = (k: number, remoteAddress = `10.0.${k >> 8}.${k & 255}`): SenderAttempt => ({
  ...({ kind: 'association.rejected', code: 'UNKNOWN_CERTIFICATE', text: 'refused' } as const),
  ...{ centreId: null, callingAeTitle: `CT${k}`, calledAeTitle: 'MODELBANK', isTrusted: true, remoteAddress },
});

testStores('the book of senders', (database) => {
  let store: Awaited<ReturnType<typeof database.open>>;
  let book: SenderBookOfHub;

  beforeEach(async () => {
    store = await database.open();
    const logger = createLogger({ level: 'silent', pretty: false });
    book = new SenderBookOfHub(store.unitOfWork, store.clock, store.clock, logger);
    book.onApplicationBootstrap();
  });
  afterEach(async () => {
    await book.onApplicationShutdown();
    await store.dispose();
  });

  const rows = () => store.readStore.manager.find(UnknownSenderEntity, { order: { id: 'ASC' } });
  const entries = () => store.readStore.manager.count(JournalEntryEntity);
  const note = async (times: number, ...of: Parameters<typeof attempt>) => {
    const written: boolean[] = [];
    for (let k = 0; k < times; k += 1) written.push(await book.note(attempt(...of)));
    return written.filter((isWritten) => isWritten).length;
  };

  /** The ticker's own work is real: it ends some moments after the virtual time at which it began. */
  async function counted(attempts: number): Promise<void> {
    for (let waited = 0; waited < 100 && (await rows())[0].attempts < attempts; waited += 1) {
      await store.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await rows())[0].attempts).toBe(attempts);
  }

  it('writes the first attempt and its journal entry, counts what comes within a minute, then writes again', async () => {
    expect(await note(10, 1)).toBe(1);
    expect(await rows()).toMatchObject([{ attempts: 1, callingAeTitle: 'CT1', code: 'UNKNOWN_CERTIFICATE' }]);
    await counted(10);
    expect(await entries()).toBe(1);
    const [{ firstSeenAt }] = await rows();
    await store.clock.advance(60_000);
    expect(await note(1, 1)).toBe(1);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 11, firstSeenAt });
    expect(row.lastSeenAt.getTime() - firstSeenAt.getTime()).toBeGreaterThanOrEqual(60_000);
    expect(await entries()).toBe(2);
  });

  it('begins anew with a sender whose row was taken away meanwhile', async () => {
    await note(2, 1);
    await store.unitOfWork.run(({ manager }) => manager.delete(UnknownSenderEntity, { callingAeTitle: 'CT1' }));
    await store.clock.advance(2_500);
    for (let waited = 0; waited < 100 && (await rows()).length === 0; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await note(1, 1);
    }
    expect(await rows()).toHaveLength(1);
  });

  it('lists nobody whom nothing could let in', async () => {
    expect(await book.note({ ...attempt(1), code: 'tls.handshakeFailed' })).toBe(false);
    expect(await rows()).toEqual([]);
  });

  it('keeps so many and no more; who was seen longest ago goes', async () => {
    for (let k = 0; k < MOST_SENDERS + 20; k += 1) {
      await store.clock.advance(10);
      expect(await note(1, k)).toBe(1);
    }
    const titles = (await rows()).map(({ callingAeTitle }) => callingAeTitle);
    expect(titles).toHaveLength(MOST_SENDERS);
    expect(titles).toContain(`CT${MOST_SENDERS + 19}`);
    expect(titles).not.toContain('CT0');
  });

  it('writes a hundred entries of one address at once, and one more a minute', async () => {
    let written = 0;
    for (let k = 0; k < 150; k += 1) written += await note(1, k, '10.0.0.1');
    expect(written).toBe(100);
    expect(await note(1, 151, '10.0.0.2')).toBe(1);
    await store.clock.advance(60_000);
    expect(await note(1, 152, '10.0.0.1')).toBe(1);
    expect(await note(1, 153, '10.0.0.1')).toBe(0);
    expect(await entries()).toBe(102);
  });
});
