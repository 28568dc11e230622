/** Times the stages of the child and tells the hub of each one when it ends. */
import type { ChildStage } from '@modelbank/contracts';

export class StageClock {
  private readonly ended: ChildStage[] = [];

  constructor(
    private readonly monotonicMs: () => number,
    private readonly tell: (stage: ChildStage) => void,
  ) {}

  /** Runs one stage; a stage that fails is not told. */
  async time<T>(stage: ChildStage['stage'], work: () => Promise<T> | T): Promise<T> {
    const startedMs = this.monotonicMs();
    const result = await work();
    const told = { stage, durationMs: Math.round(this.monotonicMs() - startedMs) };
    this.ended.push(told);
    this.tell(told);
    return result;
  }

  get stages(): readonly ChildStage[] {
    return this.ended;
  }
}
