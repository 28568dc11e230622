/** One instance from its first byte to the status that its sender gets: part file, checks, header, then `StoreInstances`. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, STORAGE_GAUGE } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore, StorageGauge, UploadedObject } from '@modelbank/contracts';
import { parseUid } from '@modelbank/dicom';
import type { FileMeta } from '@modelbank/dicom';
import { STATUS } from '@modelbank/dimse';
import type { StoreSink } from '@modelbank/dimse';
import { CENTRE_SECRETS, LOGGER } from '@modelbank/platform';
import type { CentreSecrets, HubLogger } from '@modelbank/platform';
import type { AnnouncedInstance } from './arrival';
import { checkAnnounced, readHeader } from './instance-candidate';
import type { InstanceCandidate } from './instance-candidate';
import { InstanceFile } from './instance-file';
import { asDicomFailure } from './intake-failures';
import { IntakeMetrics } from './intake-metrics';
import { newInstanceObjectKey } from './instance-object-key';
import { tellStorageFailures } from './pressure/tell-storage-failures';
import { StoreInstances } from './store-instances';

@Injectable()
export class ReceiveInstance {
  constructor(
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CENTRE_SECRETS) private readonly secrets: CentreSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(STORAGE_GAUGE) private readonly storage: StorageGauge,
    private readonly instances: StoreInstances,
    private readonly metrics: IntakeMetrics,
  ) {}

  /** Opens the sink of one data set. Throws where the request itself cannot be served. */
  async open(announced: AnnouncedInstance): Promise<StoreSink> {
    await this.storage.mayStore();
    const file = new InstanceFile(this.objects, metaOf(announced));
    return tellStorageFailures(this.storage, {
      write: (chunk) => {
        const written = file.write(chunk);
        this.crashPoints.reach('intake.whileReceiving');
        return written;
      },
      finish: () => this.finish(announced, file),
      abort: () => file.discard(),
    });
  }

  private async finish(announced: AnnouncedInstance, file: InstanceFile): Promise<number> {
    const { arrival, sopInstanceUid } = announced;
    const objectKey = newInstanceObjectKey(arrival.callingAe.centreId, sopInstanceUid);
    const candidate = await this.makeDurable(announced, file, objectKey);
    const outcome = await this.instances.store(candidate);
    const { sizeBytes } = candidate.file;
    this.metrics.received(outcome, sizeBytes);
    const { sopClassUid, transferSyntaxUid } = candidate.header;
    this.logger.debug('an instance was received', {
      ...{ stage: 'intake', associationId: arrival.id, centreId: arrival.callingAe.centreId },
      ...{ sopClassUid, transferSyntaxUid, outcome, bytes: sizeBytes },
    });
    return STATUS.success;
  }

  /** The file is synced while its header is read. Whatever fails, nothing of it stays. */
  private async makeDurable(
    announced: AnnouncedInstance,
    file: InstanceFile,
    objectKey: string,
  ): Promise<InstanceCandidate> {
    let uploading: Promise<UploadedObject> | undefined;
    try {
      checkAnnounced(announced, file.finish());
      const centreKey = await this.secrets.keyOf(announced.arrival.callingAe.centreId);
      this.crashPoints.reach('intake.beforeFsync');
      uploading = file.commit(objectKey);
      const kept = file.header();
      const early = kept && readHeader(kept, centreKey);
      const { sha256, sizeBytes } = await uploading;
      const facts = early ?? readHeader(await file.headerAt(this.objects.pathOf(objectKey)), centreKey);
      return {
        ...{ arrival: announced.arrival, ...facts, objectKey },
        file: { contentSha256: sha256, objectSha256: sha256, sizeBytes },
        receivedAt: this.clock.now(),
      };
    } catch (thrown) {
      await uploading?.catch(() => undefined);
      await file.discard();
      await this.objects.remove(objectKey);
      throw thrown;
    }
  }
}

/** Of the instance alone, so that the same bytes make the same file, whoever sent them. */
function metaOf({ sopClassUid, sopInstanceUid, transferSyntaxUid }: AnnouncedInstance): FileMeta {
  try {
    return {
      sopClassUid: parseUid(sopClassUid),
      sopInstanceUid: parseUid(sopInstanceUid),
      transferSyntaxUid: parseUid(transferSyntaxUid),
    };
  } catch (thrown) {
    throw asDicomFailure(thrown);
  }
}
