import { HubError } from '@modelbank/contracts';
import { groupCommit } from './group-commit';

describe('group commit', () => {
  it('commits together what waits while a commit runs', async () => {
    const commits: number[][] = [];
    const group = groupCommit<number, number>(async (items) => {
      commits.push([...items]);
      await new Promise((resolve) => setImmediate(resolve));
      return items.map((item) => item * 10);
    });
    await expect(Promise.all([1, 2, 3, 4].map((item) => group.add(item)))).resolves.toEqual([10, 20, 30, 40]);
    expect(commits).toEqual([[1], [2, 3, 4]]);
  });

  it('lets one failing item fail alone', async () => {
    const group = groupCommit<number, number>(async (items) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (items.includes(3)) throw new Error('three');
      return items;
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => group.add(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    await expect(group.add(5)).resolves.toBe(5);
  });

  it('fails all of them at once where trying each would only take its time', async () => {
    let commits = 0;
    const group = groupCommit<number, number>(async () => {
      commits += 1;
      await new Promise((resolve) => setImmediate(resolve));
      throw new HubError('DATABASE_UNAVAILABLE', 'locked');
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => group.add(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(4).fill('rejected'));
    expect(commits).toBe(2);
  });

  it('never takes more than it may into one commit', async () => {
    const sizes: number[] = [];
    const group = groupCommit<number, number>(async (items) => {
      sizes.push(items.length);
      return items;
    }, 3);
    await Promise.all(Array.from({ length: 8 }, (_, item) => group.add(item)));
    expect(Math.max(...sizes)).toBe(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(8);
  });
});
