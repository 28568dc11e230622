/** What intake counts: instances by outcome, bytes, refusals by rule. */
import { Inject, Injectable } from '@nestjs/common';
import { METRICS } from '@modelbank/platform';
import type { Metrics } from '@modelbank/platform';

@Injectable()
export class IntakeMetrics {
  private readonly instances;
  private readonly bytes;
  private readonly incidents;

  constructor(@Inject(METRICS) metrics: Metrics) {
    this.instances = metrics.counter('modelbank_intake_instances_total', 'Instances acknowledged', ['outcome']);
    this.bytes = metrics.counter('modelbank_intake_bytes_total', 'Bytes of acknowledged instances', ['outcome']);
    this.incidents = metrics.counter('modelbank_intake_incidents_total', 'What was refused or went wrong', ['code']);
  }

  received(outcome: 'stored' | 'duplicate' | 'revision', sizeBytes: number): void {
    this.instances.inc({ outcome });
    this.bytes.inc({ outcome }, sizeBytes);
  }

  incident(code: string): void {
    this.incidents.inc({ code });
  }
}
