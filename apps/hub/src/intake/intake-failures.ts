/** Failures of the layers below as codes of the hub: what a sender is told must say whether sending again can help. */
import { HubError } from '@modelbank/contracts';
import { DicomError } from '@modelbank/dicom';

const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

export function asDicomFailure(thrown: unknown): unknown {
  return thrown instanceof DicomError ? new HubError(thrown.code, thrown.message, { cause: thrown }) : thrown;
}

/** `ENOSPC` and `EDQUOT`: no room; else the disk failed. Both are worth another attempt of the sender. */
export function asStorageFailure(thrown: unknown): unknown {
  if (thrown instanceof HubError) return thrown;
  const noRoom = NO_ROOM.has((thrown as NodeJS.ErrnoException | null)?.code);
  return noRoom
    ? new HubError('STORAGE_FULL', 'the object store has no room', { cause: thrown, advice: 'Free disk space.' })
    : new HubError('STORAGE_FAILED', 'the instance could not be written', { cause: thrown });
}
