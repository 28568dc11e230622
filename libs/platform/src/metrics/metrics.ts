/** Prometheus metrics of the hub. Label names are a closed list, so that no identity can become a label. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export const METRICS = Symbol('Metrics');

/** Low-cardinality vocabulary only: never a UID, an AE title of a peer or a name. */
export type MetricLabel =
  'stage' | 'queue' | 'outcome' | 'code' | 'state' | 'model' | 'method' | 'status' | 'route' | 'part';

const DURATION_BUCKETS_S = [0.005, 0.025, 0.1, 0.5, 1, 2, 5, 15, 60, 300, 900];

export class Metrics {
  readonly registry = new Registry();

  /** `withProcess`: also memory, event loop lag and garbage collection of this process. */
  constructor(options: { withProcess: boolean } = { withProcess: false }) {
    if (options.withProcess) collectDefaultMetrics({ register: this.registry, prefix: 'modelbank_' });
  }

  counter<L extends MetricLabel>(name: `modelbank_${string}`, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends MetricLabel>(name: `modelbank_${string}`, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** Durations in seconds, as Prometheus wants them. */
  durations<L extends MetricLabel>(
    name: `modelbank_${string}_seconds`,
    help: string,
    labelNames: readonly L[],
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: DURATION_BUCKETS_S, registers: [this.registry] });
  }

  /** The text that `/metrics` answers with. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
