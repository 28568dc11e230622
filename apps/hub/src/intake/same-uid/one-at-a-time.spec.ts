import { OneAtATime } from './one-at-a-time';

describe('work for one key', () => {
  it('is done in the order in which it came, beside that of other keys, and goes on after a failure', async () => {
    const turns = new OneAtATime();
    const done: string[] = [];
    const releases: (() => void)[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        await new Promise<void>((resolve) => releases.push(resolve));
        done.push(name);
        if (fails) throw new Error(name);
      };
    const failing = turns.run('a', work('a1', true));
    const second = turns.run('a', work('a2'));
    const other = turns.run('b', work('b1'));
    await Promise.resolve();
    expect(releases).toHaveLength(2);
    releases[1]();
    await other;
    releases[0]();
    await expect(failing).rejects.toThrow('a1');
    while (releases.length < 3) await Promise.resolve();
    releases[2]();
    await second;
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });
});
