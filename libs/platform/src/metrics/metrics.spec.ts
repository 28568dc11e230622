/** Metrics are kept per registry, so that two hubs in one test process do not meet. */
import { Metrics } from './metrics';

describe('metrics', () => {
  it('are written as Prometheus reads them', async () => {
    const metrics = new Metrics();
    metrics.counter('modelbank_messages_total', 'Messages', ['queue', 'outcome']).inc({ queue: 'q', outcome: 'done' });
    metrics.durations('modelbank_message_seconds', 'Time', ['queue']).observe({ queue: 'q' }, 0.2);
    const text = await metrics.text();
    expect(text).toContain('modelbank_messages_total{queue="q",outcome="done"} 1');
    expect(text).toContain('modelbank_message_seconds_bucket{le="0.5",queue="q"} 1');
  });

  it('of two registries do not meet', () => {
    for (let hub = 0; hub < 2; hub += 1) new Metrics({ withProcess: true }).gauge('modelbank_jobs', 'Jobs', ['state']);
  });
});
