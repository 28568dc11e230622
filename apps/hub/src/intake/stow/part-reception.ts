/**
 * One part of a STOW request on its way into the reception that C-STORE uses too. The part's stream stands still while the
 * disk is behind, and so do the multipart parser and the socket; a refused part is read on to its end and dropped.
 */
import type { Readable } from 'node:stream';
import { HubError, asHubError } from '@modelbank/contracts';
import type { Uid } from '@modelbank/dicom';
import type { StoreSink } from '@modelbank/dimse';
import type { AnnouncedInstance, Arrival } from '../arrival';
import { PartBeginning } from './part-beginning';
import type { Beginning } from './part-beginning';

/** What became of one part. The UIDs are there when its file meta information named them. */
export interface PartOutcome {
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  /** Absent: it was stored. */
  readonly failure?: HubError;
}

export interface PartRules {
  readonly arrival: Arrival;
  readonly studyInstanceUid?: Uid;
  readonly maxInstanceBytes: number;
  open(announced: AnnouncedInstance): Promise<StoreSink>;
  /** Resolves when one more part may be under way; the returned function gives the place back, once. */
  enter(): Promise<() => void>;
}

export class PartReception {
  /** Settles once, and never rejects. */
  readonly outcome: Promise<PartOutcome>;
  private settle: (outcome: PartOutcome) => void = () => undefined;
  private beginning: PartBeginning | undefined = new PartBeginning();
  private sink: StoreSink | undefined;
  private announced: AnnouncedInstance | undefined;
  private failure: HubError | undefined;
  private leave: () => void = () => undefined;
  private receivedBytes = 0;
  /** What the part stands still for: a paused stream may end all the same. */
  private work: Promise<void> = Promise.resolve();
  /** The part file of a refused part is deleted. */
  private gone: Promise<void> = Promise.resolve();
  private isStored = false;
  private isWhole = false;

  constructor(
    private readonly part: Readable,
    private readonly rules: PartRules,
  ) {
    this.outcome = new Promise((resolve) => (this.settle = resolve));
    part.on('data', (chunk: Buffer) => this.receive(chunk));
    part.once('end', () => void this.ended());
    // told by the parser for the whole body too, and `abort` follows
    part.on('error', () => undefined);
  }

  /** Says what kind of content the part has; without a word from its header it is believed to be DICOM. */
  declare(mediaType: string | undefined): void {
    if (mediaType === undefined || /^application\/dicom *(;|$)/i.test(mediaType.trim())) return;
    this.refuse(new HubError('MEDIA_TYPE_NOT_SUPPORTED', 'a part of the request is not application/dicom'));
  }

  /** The request is over; a part that was whole by then is kept. */
  abort(reason: HubError): void {
    if (this.isWhole) return;
    this.refuse(reason);
    void this.conclude();
  }

  private receive(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.failure !== undefined) return;
    try {
      if (this.receivedBytes > this.rules.maxInstanceBytes) {
        throw new HubError('DATASET_TOO_LARGE', 'an instance is larger than allowed');
      }
      const work = this.beginning === undefined ? this.write(chunk) : this.begin(this.beginning.push(chunk));
      if (work !== undefined) this.standStillFor(work);
    } catch (thrown) {
      this.refuse(thrown);
    }
  }

  private write(chunk: Buffer): Promise<void> | undefined {
    if (this.sink === undefined) throw new HubError('INTERNAL', 'a part went on while its file was being opened');
    return this.sink.write(chunk) ?? undefined;
  }

  private standStillFor(work: Promise<void>): void {
    this.part.pause();
    this.work = work.catch((thrown: unknown) => this.refuse(thrown)).finally(() => this.part.resume());
  }

  private begin(beginning: Beginning | undefined): Promise<void> | undefined {
    if (beginning === undefined) return undefined;
    this.beginning = undefined;
    return this.open(beginning);
  }

  private async open({ meta, rest }: Beginning): Promise<void> {
    const { arrival, studyInstanceUid } = this.rules;
    this.announced = { ...meta, arrival, studyInstanceUid };
    this.leave = await this.rules.enter();
    if (this.failure !== undefined) return this.leave();
    const sink = await this.rules.open(this.announced);
    this.sink = sink;
    // aborted while the file was being opened
    if (this.failure !== undefined) return this.letGo();
    if (rest.length > 0) await sink.write(rest);
  }

  private async ended(): Promise<void> {
    try {
      await this.work;
      if (this.failure === undefined && this.beginning !== undefined) await this.begin(this.beginning.end());
      if (this.failure === undefined) await this.finish();
    } catch (thrown) {
      this.refuse(thrown);
    }
    await this.conclude();
  }

  private async finish(): Promise<void> {
    const { sink } = this;
    if (sink === undefined) throw new HubError('INTERNAL', 'a part ended without having been opened');
    this.isWhole = true;
    this.sink = undefined;
    await sink.finish();
    this.isStored = true;
  }

  private refuse(thrown: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = asHubError(thrown);
    void this.letGo();
  }

  private letGo(): Promise<void> {
    const { sink } = this;
    this.sink = undefined;
    // what cannot be deleted now is deleted at the next start
    if (sink !== undefined) this.gone = Promise.resolve(sink.abort()).catch(() => undefined);
    return this.gone;
  }

  private async conclude(): Promise<void> {
    // a file that is just being opened is known when that is done
    await this.work;
    await this.letGo();
    this.leave();
    const { announced, isStored } = this;
    const failure = isStored ? undefined : (this.failure ?? new HubError('INTERNAL', 'a part was not stored'));
    this.settle({ sopClassUid: announced?.sopClassUid, sopInstanceUid: announced?.sopInstanceUid, failure });
  }
}
