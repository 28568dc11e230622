/** C-STORE of one result to one destination, over mutual TLS with the hub's client certificate. */
import { createHash } from 'node:crypto';
import { HubError } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN, splitPart10 } from '@modelbank/dicom';
import { openAssociation, readHubClientTls } from '@modelbank/dimse';
import type { StoreStatus } from '@modelbank/dimse';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { DestinationEntity, ResultEntity } from '@modelbank/store';
import type { DeliveryEntity, ReadStore } from '@modelbank/store';

/** AE title under which the hub calls. */
const CALLING_AE_TITLE = 'MODELBANK';

export type SendResult = (delivery: DeliveryEntity) => Promise<StoreStatus>;

/** Resolves with the peer's status; throws a HubError when there is none. */
export function resultSender(store: ReadStore, objects: ObjectStore, configuration: Configuration): SendResult {
  return async (delivery) => {
    const destination = await store.manager.findOneByOrFail(DestinationEntity, { id: delivery.destinationId });
    const result = await store.manager.findOneByOrFail(ResultEntity, { id: delivery.resultId });
    const bytes = await objects.read(result.objectKey);
    requireDigest(bytes, result.objectSha256);
    const operation = {
      sopClassUid: result.sopClassUid,
      sopInstanceUid: result.sopInstanceUid,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
      source: bytes.subarray(splitPart10(bytes).dataSetOffset),
    };
    const association = await openAssociation({
      host: destination.host,
      port: destination.port,
      tls: destination.tls
        ? await readHubClientTls(locationsOf(configuration).pki, destination.pinnedFingerprintSha256)
        : undefined,
      callingAeTitle: CALLING_AE_TITLE,
      calledAeTitle: destination.aeTitle,
      timeouts: { responseMs: configuration.delivery.timeoutMs },
      presentationContexts: [operation],
    });
    const status = await association.store(operation).catch((thrown: unknown) => {
      association.abort();
      throw thrown;
    });
    // the status is what counts: a release that fails changes nothing
    await association.release().catch(() => association.abort());
    return status;
  };
}

function requireDigest(bytes: Uint8Array, sha256: string): void {
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return;
  throw new HubError('OBJECT_CORRUPT', 'the stored result no longer has its SHA-256');
}
