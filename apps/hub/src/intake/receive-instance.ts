/** One instance from its first byte to the status that its sender gets: part file, checks, header, then `StoreInstances`. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, STORAGE_GAUGE } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore, StorageGauge } from '@modelbank/contracts';
import { parseUid } from '@modelbank/dicom';
import type { FileMeta } from '@modelbank/dicom';
import { STATUS } from '@modelbank/dimse';
import type { StoreSink } from '@modelbank/dimse';
import { CENTRE_SECRETS, LOGGER } from '@modelbank/platform';
import type { CentreSecrets, HubLogger } from '@modelbank/platform';
import type { AnnouncedInstance } from './arrival';
import { checkAnnounced, readHeader } from './instance-candidate';
import { InstanceFile } from './instance-file';
import { asDicomFailure } from './intake-failures';
import { IntakeMetrics } from './intake-metrics';
import { instanceObjectKey } from './instance-object-key';
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
    const partPath = this.objects.newPartPath();
    const file = await InstanceFile.create(partPath, metaOf(announced));
    const discard = async (): Promise<void> => {
      // a file whose last bytes the disk refuses does not close cleanly: it goes all the same
      await file.close().catch(() => undefined);
      await this.objects.discardPart(partPath);
    };
    return tellStorageFailures(this.storage, {
      write: (chunk) => {
        const written = file.write(chunk);
        this.crashPoints.reach('intake.whileReceiving');
        return written;
      },
      finish: async () => {
        try {
          return await this.finish(announced, file, partPath);
        } catch (thrown) {
          await discard();
          throw thrown;
        }
      },
      abort: discard,
    });
  }

  private async finish(announced: AnnouncedInstance, file: InstanceFile, partPath: string): Promise<number> {
    const received = await file.finish();
    checkAnnounced(announced, received);
    const { arrival } = announced;
    const { centreId } = arrival.callingAe;
    const { contentSha256, objectSha256, sizeBytes, prefix } = received;
    const facts = readHeader(prefix, await this.secrets.keyOf(centreId));
    const outcome = await this.instances.store(
      {
        arrival,
        ...facts,
        file: { contentSha256, objectSha256, sizeBytes },
        objectKey: instanceObjectKey(centreId, facts.header.sopInstanceUid, objectSha256),
        receivedAt: this.clock.now(),
      },
      partPath,
    );
    this.metrics.received(outcome, sizeBytes);
    const { sopClassUid, transferSyntaxUid } = facts.header;
    this.logger.debug('an instance was received', {
      ...{ stage: 'intake', associationId: arrival.id, centreId, sopClassUid, transferSyntaxUid },
      ...{ outcome, bytes: sizeBytes },
    });
    return STATUS.success;
  }
}

function metaOf({ sopClassUid, sopInstanceUid, transferSyntaxUid, arrival }: AnnouncedInstance): FileMeta {
  try {
    return {
      sopClassUid: parseUid(sopClassUid),
      sopInstanceUid: parseUid(sopInstanceUid),
      transferSyntaxUid: parseUid(transferSyntaxUid),
      sourceAeTitle: arrival.callingAe.aeTitle,
    };
  } catch (thrown) {
    throw asDicomFailure(thrown);
  }
}
