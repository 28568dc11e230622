/** A hub with one centre whose scanners behave in different ways, one receiver, one quick model, and a ledger of it all. */
import { join } from 'node:path';
import type { DataSet } from '@modelbank/dicom';
import { hostileTransport } from '@modelbank/testing';
import { addDestination, enrolCentre, send, until, untilSettled } from './journey-centre';
import type { JourneyCentre } from './journey-centre';
import { phantomFiles } from './journey-data';
import type { PhantomFiles } from './journey-data';
import { newHome, removeHome, startHubHere } from './journey-hub';
import type { JourneyHub } from './journey-hub';
import { SMALL_CHEST, journeyPackage } from './journey-package';
import type { JourneyPackageOptions } from './journey-package';
import { Ledger } from './ledger';
import { startReceiver } from './receiver';
import type { Receiver } from './receiver';

export const CENTRE_ID = 'odense';

/** `COUNTING` declares its count and is trusted for minutes, `WHOLE` sends whole series, `SETTLING` is just silent after it. */
export type Scanner = 'COUNTING' | 'WHOLE' | 'SETTLING';

export const UNDECLARED: DataSet = { ImagesInAcquisition: undefined };

export type Progress = Awaited<ReturnType<typeof untilSettled>>;

/** Printed by the broker; given again, it does the same mischief. */
const { MODELBANK_TEST_SEED } = process.env;
const SEED = MODELBANK_TEST_SEED === undefined ? {} : { seed: Number(MODELBANK_TEST_SEED) };

export class ArrivalsPlace {
  private seriesMade = 0;

  private constructor(
    readonly hub: JourneyHub,
    readonly centre: JourneyCentre,
    readonly receiver: Receiver,
    readonly ledger = new Ledger(),
  ) {}

  static async open(broker: 'embedded' | 'hostile', model: JourneyPackageOptions = {}): Promise<ArrivalsPlace> {
    const hub = await startHubHere(newHome(), broker === 'hostile' ? { transport: hostileTransport(SEED) } : {});
    const centre = await enrolCentre(hub, { id: CENTRE_ID, aeTitle: 'COUNTING' });
    const callingAes = `/centres/${CENTRE_ID}/calling-aes`;
    await hub.api.post(callingAes, { aeTitle: 'WHOLE', sendsWholeSeries: true });
    await hub.api.post(callingAes, { aeTitle: 'SETTLING', settleTimeMs: 1500 });
    const receiver = await startReceiver(centre.server);
    await addDestination(hub, CENTRE_ID, { aeTitle: 'ARCHIVE', port: receiver.port });
    await hub.api.post('/models', { folder: journeyPackage(join(hub.home, 'package'), model) });
    return new ArrivalsPlace(hub, centre, receiver);
  }

  /** A new chest of ten slices, not sent yet. */
  chest(attributes: DataSet = {}): Promise<PhantomFiles> {
    this.seriesMade += 1;
    const name = `chest-${this.seriesMade}`;
    return phantomFiles(join(this.hub.home, 'sent', name), name, SMALL_CHEST, attributes);
  }

  /** The same scan of the same study again, in twice as many slices half as thick. */
  thinnerThan({ studyInstanceUid, frameOfReferenceUid }: PhantomFiles): Promise<PhantomFiles> {
    const same = { StudyInstanceUID: studyInstanceUid, FrameOfReferenceUID: frameOfReferenceUid };
    const name = `thin-${this.seriesMade}`;
    const { slices, sliceSpacingMm } = SMALL_CHEST;
    const thin = { ...SMALL_CHEST, slices: slices * 2, sliceSpacingMm: sliceSpacingMm / 2 };
    return phantomFiles(join(this.hub.home, 'sent', name), name, thin, same);
  }

  /** Two localizers of the same study and frame of reference, which no scanner declares a count for. */
  scoutOf({ studyInstanceUid, frameOfReferenceUid }: PhantomFiles): Promise<PhantomFiles> {
    const ImageType = ['ORIGINAL', 'PRIMARY', 'LOCALIZER'];
    const same = { StudyInstanceUID: studyInstanceUid, FrameOfReferenceUID: frameOfReferenceUid };
    const name = `scout-${this.seriesMade}`;
    const twoViews = { ...SMALL_CHEST, slices: 2 };
    return phantomFiles(join(this.hub.home, 'sent', name), name, twoViews, { ...UNDECLARED, ...same, ImageType });
  }

  /** One association; returns what was not acknowledged. `port`: another way to the hub. */
  async send(scanner: Scanner, paths: readonly string[], port = this.hub.dimsePort): Promise<string[]> {
    const sent = await send({ ...this.hub, dimsePort: port }, { ...this.centre, aeTitle: scanner }, paths);
    return this.ledger.record(sent);
  }

  settled({ studyInstanceUid }: PhantomFiles): Promise<Progress> {
    return untilSettled(this.hub, studyInstanceUid, CENTRE_ID);
  }

  /** Waits for a result that was made ahead of time and may not leave yet. */
  async resultThatWaits({ seriesInstanceUid }: PhantomFiles): Promise<void> {
    await until(
      () => this.jobsOf(seriesInstanceUid),
      (jobs) => jobs.some(({ status }) => status === 'awaitingCompletion'),
    );
  }

  async jobsOf(seriesInstanceUid: string): Promise<JobAnswer[]> {
    const jobs = await this.hub.api.get<JobAnswer[]>('/jobs?limit=1000');
    return jobs.filter((job) => job.seriesInstanceUid === seriesInstanceUid);
  }

  async close(): Promise<void> {
    await this.hub.stop();
    await this.receiver.close();
    removeHome(this.hub.home);
  }
}

export interface JobAnswer {
  readonly id: string;
  readonly status: string;
  readonly seriesInstanceUid: string;
  readonly resultIds: readonly string[];
  readonly aheadOfTime: boolean;
}
