/** Sweeps: at once, then periodically, never two at a time, and none after `stop`. */
import { VirtualClock } from '@modelbank/testing';
import { Ticker } from './ticker';

function tickerOf(sweep: () => Promise<boolean | void>) {
  const scheduler = new VirtualClock();
  const errors: unknown[] = [];
  const ticker = new Ticker({ everyMs: 1000, scheduler, sweep, onError: (error) => errors.push(error) });
  return { ticker, scheduler, errors };
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a ticker', () => {
  it('sweeps at the start and after each interval', async () => {
    let sweeps = 0;
    const { ticker, scheduler } = tickerOf(async () => void (sweeps += 1));
    ticker.start();
    ticker.start();
    await scheduler.advance(0);
    expect(sweeps).toBe(1);
    await scheduler.advance(3500);
    expect(sweeps).toBe(4);
    await ticker.stop();
    await scheduler.advance(10_000);
    expect(sweeps).toBe(4);
  });

  it('never overlaps, and sweeps once more when nudged meanwhile', async () => {
    let running = 0;
    let most = 0;
    let sweeps = 0;
    const gates = [gate(), gate()];
    const { ticker, scheduler } = tickerOf(async () => {
      most = Math.max(most, (running += 1));
      await gates[sweeps++]?.opened;
      running -= 1;
    });
    ticker.start();
    await scheduler.advance(5000);
    for (let nudge = 0; nudge < 3; nudge += 1) ticker.nudge();
    expect(sweeps).toBe(1);
    gates[0].open();
    await scheduler.advance(0);
    expect(sweeps).toBe(2);
    gates[1].open();
    await scheduler.advance(0);
    expect(sweeps).toBe(2);
    expect(most).toBe(1);
    await ticker.stop();
  });

  it('goes on at once while the sweep says that more is waiting', async () => {
    let left = 5;
    const { ticker, scheduler } = tickerOf(async () => (left -= 1) > 0);
    ticker.start();
    await scheduler.advance(0);
    expect(left).toBe(0);
    await ticker.stop();
  });

  it('tells errors and goes on', async () => {
    let sweeps = 0;
    const { ticker, scheduler, errors } = tickerOf(async () => {
      sweeps += 1;
      if (sweeps === 1) throw new Error('once');
    });
    ticker.start();
    await scheduler.advance(1000);
    expect(errors).toHaveLength(1);
    expect(sweeps).toBe(2);
    await ticker.stop();
  });

  it('waits in `stop` for the sweep that runs', async () => {
    const slow = gate();
    let ended = false;
    const { ticker } = tickerOf(async () => {
      await slow.opened;
      ended = true;
    });
    ticker.start();
    const stopped = ticker.stop();
    slow.open();
    await stopped;
    expect(ended).toBe(true);
  });
});
