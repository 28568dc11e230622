/** A clock that a test turns by hand; alarms ring in the order of their times. Fits the `Timers` of libs/dimse. */

interface Alarm {
  readonly atMs: number;
  readonly action: () => void;
}

export class ManualTimers {
  private nowMs = 0;
  private readonly alarms = new Set<Alarm>();

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const alarm = { atMs: this.nowMs + delayMs, action };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  /** Lets time pass; alarms that are set meanwhile ring too when their time is within it. */
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs;
    for (let alarm = this.nextUntil(endMs); alarm; alarm = this.nextUntil(endMs)) {
      this.nowMs = Math.max(this.nowMs, alarm.atMs);
      this.alarms.delete(alarm);
      alarm.action();
    }
    this.nowMs = endMs;
  }

  private nextUntil(endMs: number): Alarm | undefined {
    return [...this.alarms].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}
