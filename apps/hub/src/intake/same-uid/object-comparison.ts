/** Comparisons of objects in child processes: a few at a time, whatever arrives, so that reception and models keep their share. */
import { Injectable } from '@nestjs/common';
import type { ContentComparisonOutcome, JobInstance } from '@modelbank/contracts';
import { compareObjects } from '@modelbank/inference';

const AT_ONCE = 2;

@Injectable()
export class ObjectComparison {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  async compare(first: JobInstance, second: JobInstance): Promise<ContentComparisonOutcome> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await compareObjects(first, second);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
