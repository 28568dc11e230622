/** Tells the gauge of every write of a reception that failed, whichever door it came through. */
import type { StorageGauge } from '@modelbank/contracts';
import type { StoreSink } from '@modelbank/dimse';

export function tellStorageFailures(gauge: StorageGauge, sink: StoreSink): StoreSink {
  const tell = (failure: unknown): never => {
    gauge.noteFailure(failure);
    throw failure;
  };
  return {
    write: (chunk) => sink.write(chunk)?.catch(tell),
    finish: () => sink.finish().catch(tell),
    abort: () => sink.abort(),
  };
}
