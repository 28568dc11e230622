/** The room that is left and what was turned away for lack of it. */
import { Inject, Injectable } from '@nestjs/common';
import { STORAGE_CONDITIONS } from '@modelbank/contracts';
import type { StorageStanding } from '@modelbank/contracts';
import { METRICS } from '@modelbank/platform';
import type { Metrics } from '@modelbank/platform';

@Injectable()
export class PressureMetrics {
  private readonly free;
  private readonly total;
  private readonly condition;
  private readonly refusals;
  private readonly failures;

  constructor(@Inject(METRICS) metrics: Metrics) {
    this.free = metrics.gauge('modelbank_storage_free_bytes', 'Room left on the file system', ['part']);
    this.total = metrics.gauge('modelbank_storage_total_bytes', 'Size of the file system', ['part']);
    this.condition = metrics.gauge('modelbank_storage_condition', '1 for the condition that holds', ['state']);
    this.refusals = metrics.counter('modelbank_storage_refusals_total', 'Turned away for lack of room', ['code']);
    this.failures = metrics.counter('modelbank_storage_write_failures_total', 'Receptions that could not write', [
      'code',
    ]);
  }

  show({ condition, volumes }: StorageStanding): void {
    for (const state of STORAGE_CONDITIONS) this.condition.set({ state }, state === condition ? 1 : 0);
    for (const { part, freeBytes, totalBytes } of volumes) {
      this.free.set({ part }, freeBytes);
      this.total.set({ part }, totalBytes);
    }
  }

  refused(code: string): void {
    this.refusals.inc({ code });
  }

  writeFailed(code: string): void {
    this.failures.inc({ code });
  }
}
