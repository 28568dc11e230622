/**
 * One C-STORE while its data set arrives (PS3.4 Annex B.2): hands the bytes to the sink, keeps the first failure, reads
 * on to the end of a refused data set so that the sender gets its status, and lets go of the sink exactly once.
 */
import { ERROR_CODES, HubError, asHubError, dimseStatusOf } from '@modelbank/contracts';
import { DicomError } from '@modelbank/dicom';
import { STATUS } from '../command/store-status';
import { ProtocolViolation } from '../pdu/violation';
import type { FailureStatus, StoreSink } from './scp-options';

export interface ReceptionRules {
  readonly maximumObjectBytes: number;
  statusOfFailure(failure: unknown): FailureStatus;
  onFailure(failure: unknown): void;
}

/** The status of the failure's code, with the code's title for the sender's log. */
export function defaultStatusOfFailure(failure: unknown): FailureStatus {
  const code = failure instanceof DicomError ? failure.code : asHubError(failure).code;
  return { status: dimseStatusOf(code), comment: ERROR_CODES[code].title };
}

export class StoreReception {
  private readonly rules: ReceptionRules;
  private sink?: StoreSink;
  /** What the sender will be told instead of the sink's status. */
  private refusal?: FailureStatus;
  private receivedBytes = 0;

  private constructor(rules: ReceptionRules) {
    this.rules = rules;
  }

  /** Opens the sink; a failure to do so refuses this instance only. */
  static async begin(openSink: () => StoreSink | Promise<StoreSink>, rules: ReceptionRules): Promise<StoreReception> {
    const reception = new StoreReception(rules);
    try {
      reception.sink = await openSink();
    } catch (failure) {
      await reception.fail(failure);
    }
    return reception;
  }

  /** Refuses without asking anyone: the request itself is wrong. */
  static refused(status: FailureStatus, rules: ReceptionRules): StoreReception {
    const reception = new StoreReception(rules);
    reception.refusal = status;
    return reception;
  }

  receive(bytes: Buffer): Promise<void> | undefined {
    this.receivedBytes += bytes.length;
    if (this.receivedBytes > this.rules.maximumObjectBytes) return this.tooLarge();
    if (this.sink === undefined) return undefined;
    try {
      const written = this.sink.write(bytes);
      return written?.catch((failure: unknown) => this.fail(failure));
    } catch (failure) {
      return this.fail(failure);
    }
  }

  /** The association is gone before the data set was complete. */
  drop(): Promise<void> {
    return this.releaseSink();
  }

  /** The data set is complete; resolves with what the sender is told. */
  async finish(): Promise<FailureStatus> {
    const sink = this.sink;
    this.sink = undefined;
    try {
      if (sink) return { status: await sink.finish() };
    } catch (failure) {
      await this.fail(failure);
    }
    return this.refusal ?? { status: STATUS.processingFailure };
  }

  private tooLarge(): Promise<void> | undefined {
    if (this.receivedBytes > 2 * this.rules.maximumObjectBytes) {
      throw new ProtocolViolation('serviceUser', 'the data set goes on far beyond the largest allowed one');
    }
    if (this.refusal) return undefined;
    return this.fail(new HubError('DATASET_TOO_LARGE', 'the data set is larger than allowed'));
  }

  private async fail(failure: unknown): Promise<void> {
    if (this.refusal) return;
    this.refusal = this.rules.statusOfFailure(failure);
    this.rules.onFailure(failure);
    await this.releaseSink();
  }

  private async releaseSink(): Promise<void> {
    const sink = this.sink;
    this.sink = undefined;
    try {
      await sink?.abort();
    } catch (failure) {
      this.rules.onFailure(failure);
    }
  }
}
