/** A centre that keeps sending sound CT images while others attack: every one must be acknowledged. */
import { setTimeout as delay } from 'node:timers/promises';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { openAssociation } from '@modelbank/dimse';
import type { AssociationOptions, OutgoingAssociation } from '@modelbank/dimse';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from '../../support/ct-slices';

const EVERY_MS = 120;
const SLICES_OF_SERIES = 40;
const CONTEXT = { sopClassUid: CT_IMAGE_STORAGE, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
const ANSWER_WITHIN_MS = 15_000;

export interface GoodSpell {
  readonly acknowledged: number;
  readonly latenciesMs: readonly number[];
  /** Why one was not acknowledged. */
  readonly failures: readonly string[];
}

export class GoodTraffic {
  private latenciesMs: number[] = [];
  private failures: string[] = [];
  private sent = 0;
  private stopped = false;
  private association?: OutgoingAssociation;
  private readonly running: Promise<void>;

  constructor(private readonly target: Omit<AssociationOptions, 'presentationContexts'>) {
    this.running = this.run();
  }

  /** What happened since the last time this was asked. */
  spell(): GoodSpell {
    const { latenciesMs, failures } = this;
    this.latenciesMs = [];
    this.failures = [];
    return { acknowledged: latenciesMs.length, latenciesMs, failures };
  }

  /** Waits until one more that is sent from now on was answered, however. */
  async oneMore(): Promise<void> {
    const until = this.sent + 2;
    const deadlineMs = performance.now() + 2 * ANSWER_WITHIN_MS;
    while (this.sent < until && performance.now() < deadlineMs) await delay(10);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await this.association?.release().catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.sendOne();
      await delay(EVERY_MS);
    }
  }

  private async sendOne(): Promise<void> {
    const plan = {
      seed: `good ${Math.floor(this.sent / SLICES_OF_SERIES)}`,
      k: this.sent % SLICES_OF_SERIES,
      side: 96,
    };
    const operation = { ...CONTEXT, sopInstanceUid: sliceUids(plan).instance, source: sliceDataSet(plan) };
    const startedMs = performance.now();
    try {
      this.association ??= await openAssociation({
        ...this.target,
        presentationContexts: [CONTEXT],
        timeouts: { responseMs: ANSWER_WITHIN_MS },
      });
      const { code } = await this.association.store(operation);
      if (code === 0) this.latenciesMs.push(performance.now() - startedMs);
      else this.failures.push(`status 0x${code.toString(16)}`);
    } catch (thrown) {
      this.association = undefined;
      this.failures.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
    this.sent += 1;
  }
}
