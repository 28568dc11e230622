/** An intake to which the same SOP Instance UID is sent again, without a network in between: what it answered, and what it keeps. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OBJECT_STORE, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import type { Uid } from '@modelbank/dicom';
import { InstanceEntity, InstanceRevisionEntity } from '@modelbank/store';
import type { JournalEntryEntity, UnitOfWork } from '@modelbank/store';
import { ReceiveInstance } from '../../apps/hub/src/intake/receive-instance';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from './ct-slices';
import type { SlicePlan } from './ct-slices';
import { IntakeBench } from './intake-bench';

export const EXPLICIT = '1.2.840.10008.1.2.1';

export interface ReceiveOptions {
  readonly classUid?: string;
  readonly centreId?: string;
  readonly transferSyntaxUid?: string;
}

export class SameUidBench {
  private constructor(
    readonly intake: IntakeBench,
    /** For files. */
    readonly folder: string,
  ) {}

  static async open(): Promise<SameUidBench> {
    const intake = await IntakeBench.open();
    await intake.enrol();
    return new SameUidBench(intake, await mkdtemp(join(tmpdir(), 'modelbank-same-uid-')));
  }

  async dispose(): Promise<void> {
    await this.intake.dispose();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The code that a sender is refused with, or undefined. */
  async receive(
    dataSet: Uint8Array,
    sopInstanceUid: Uid,
    { classUid = CT_IMAGE_STORAGE, centreId = 'odense', transferSyntaxUid = EXPLICIT }: ReceiveOptions = {},
  ): Promise<string | undefined> {
    const callingAe = { aeTitle: 'CT1', centreId, settleTimeMs: 1000, sendsWholeSeries: false };
    const calledAe = { aeTitle: 'MODELBANK', purpose: 'test', protocolId: null, parameters: {} } as const;
    const arrival = {
      id: `assoc-${centreId}`,
      callingAe,
      calledAe,
      startedAt: new Date(),
      actor: 'f'.repeat(64),
      remoteAddress: '127.0.0.1',
    };
    const sink = await this.intake.app
      .get(ReceiveInstance, { strict: false })
      .open({ arrival, sopClassUid: classUid, sopInstanceUid, transferSyntaxUid });
    await sink.write(Buffer.from(dataSet));
    return sink.finish().then(
      () => undefined,
      (thrown: unknown) => asHubError(thrown).code,
    );
  }

  receiveSlice(plan: SlicePlan): Promise<string | undefined> {
    return this.receive(sliceDataSet(plan), sliceUids(plan).instance);
  }

  instances(sopInstanceUid: string): Promise<InstanceEntity[]> {
    return this.intake.reads.manager.findBy(InstanceEntity, { sopInstanceUid });
  }

  revisions(sopInstanceUid: string): Promise<InstanceRevisionEntity[]> {
    return this.intake.reads.manager.find(InstanceRevisionEntity, { where: { sopInstanceUid }, order: { id: 'ASC' } });
  }

  get objects(): ObjectStore {
    return this.intake.app.get<ObjectStore>(OBJECT_STORE, { strict: false });
  }

  get units(): UnitOfWork {
    return this.intake.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
  }

  async journalOf(kind: string, subjectId: string): Promise<JournalEntryEntity[]> {
    return (await this.intake.journal(kind)).filter((entry) => entry.subjectId === subjectId);
  }

  /** Objects of instances, with a row or without. */
  async objectCount(): Promise<number> {
    const below = join(this.intake.configuration.home, 'objects', 'instances');
    return (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
  }
}
