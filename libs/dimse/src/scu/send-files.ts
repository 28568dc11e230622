/** Sends Part-10 files to a peer in as few associations as their presentation contexts allow; every file gets an outcome. */
import { open } from 'node:fs/promises';
import { HubError, asHubError } from '@modelbank/contracts';
import { DicomError, splitPart10 } from '@modelbank/dicom';
import { isStored, statusText, type StoreStatus } from '../command/store-status';
import { openAssociation } from './open-association';
import type { OutgoingAssociation } from './outgoing-association';
import { MAXIMUM_CONTEXTS, contextKey } from './proposed-contexts';
import type { AssociationTarget, StoreOperation } from './scu-options';

export type SentFile =
  | { readonly path: string; readonly sopInstanceUid: string; readonly status: StoreStatus; readonly error?: HubError }
  | { readonly path: string; readonly sopInstanceUid?: string; readonly status?: undefined; readonly error: HubError };

export interface SendProgress {
  readonly done: number;
  readonly total: number;
  readonly last: SentFile;
}

/** Nearly every preamble with its file meta information fits; the largest legal one fits the second. */
const META_BYTES = [4_096, 132 + 65_536] as const;

interface FileToSend {
  readonly path: string;
  readonly operation: StoreOperation;
}

/**
 * Sends the files in their order, grouped only where more than 128 contexts would be needed. Never throws for a file or
 * a peer: `error` of the outcome says what happened, and is also set where the peer answered with a failure status.
 */
export async function sendFiles(
  target: AssociationTarget,
  paths: readonly string[],
  onProgress: (progress: SendProgress) => void = () => undefined,
): Promise<SentFile[]> {
  const outcomes: SentFile[] = [];
  const record = (sent: SentFile): void => {
    outcomes.push(sent);
    onProgress({ done: outcomes.length, total: paths.length, last: sent });
  };
  const files: FileToSend[] = [];
  for (const path of paths) {
    const file = await readFileToSend(path);
    if ('operation' in file) files.push(file);
    else record(file);
  }
  for (const batch of batchesOf(files)) await sendBatch(target, batch, record);
  return outcomes;
}

/** What C-STORE needs to know of a file, from its file meta information alone. Throws HubError. */
export async function readStoreOperation(path: string): Promise<StoreOperation> {
  const { meta, dataSetOffset } = await readMeta(path);
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = meta;
  if (!sopClassUid || !sopInstanceUid) {
    throw new HubError('DATASET_MALFORMED', 'the file does not name its SOP class or instance');
  }
  return { sopClassUid, sopInstanceUid, transferSyntaxUid, source: { path, offset: dataSetOffset } };
}

async function readFileToSend(path: string): Promise<FileToSend | SentFile> {
  try {
    return { path, operation: await readStoreOperation(path) };
  } catch (failure) {
    return { path, error: asHubError(failure) };
  }
}

async function readMeta(path: string): Promise<ReturnType<typeof splitPart10>> {
  const [usual, largest] = META_BYTES;
  const head = await readHead(path, usual);
  if (head.length < usual) return splitMeta(head);
  try {
    const found = splitMeta(head);
    // the next element, which tells that the meta group is over, must be there too
    if (found.dataSetOffset + 2 <= usual) return found;
  } catch (failure) {
    if (asHubError(failure).code === 'NOT_DICOM') throw failure;
  }
  return splitMeta(await readHead(path, largest));
}

async function readHead(path: string, bytes: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafe(bytes), position: 0 });
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new HubError('NOT_FOUND', 'the file cannot be read', { cause });
  }
}

function splitMeta(head: Buffer): ReturnType<typeof splitPart10> {
  try {
    return splitPart10(head);
  } catch (cause) {
    if (cause instanceof DicomError) throw new HubError(cause.code, cause.message, { cause });
    throw cause;
  }
}

function batchesOf(files: readonly FileToSend[]): FileToSend[][] {
  const batches: FileToSend[][] = [];
  let contexts = new Set<string>();
  for (const file of files) {
    contexts.add(contextKey(file.operation));
    if (batches.length === 0 || contexts.size > MAXIMUM_CONTEXTS) {
      batches.push([]);
      contexts = new Set([contextKey(file.operation)]);
    }
    batches[batches.length - 1].push(file);
  }
  return batches;
}

async function sendBatch(
  target: AssociationTarget,
  batch: readonly FileToSend[],
  record: (sent: SentFile) => void,
): Promise<void> {
  let association: OutgoingAssociation;
  try {
    association = await openAssociation({ ...target, presentationContexts: batch.map(({ operation }) => operation) });
  } catch (failure) {
    const error = asHubError(failure);
    for (const { path, operation } of batch) record({ path, sopInstanceUid: operation.sopInstanceUid, error });
    return;
  }
  for (const file of batch) record(await sendOne(association, file));
  // every instance has its outcome already: a release that fails changes nothing
  await association.release().catch(() => undefined);
}

async function sendOne(association: OutgoingAssociation, { path, operation }: FileToSend): Promise<SentFile> {
  const { sopInstanceUid } = operation;
  try {
    const status = await association.store(operation);
    if (isStored(status)) return { path, sopInstanceUid, status };
    const error = new HubError('PEER_REFUSED_INSTANCE', `${status.meaning} (${statusText(status.code)})`);
    return { path, sopInstanceUid, status, error };
  } catch (failure) {
    return { path, sopInstanceUid, error: asHubError(failure) };
  }
}
