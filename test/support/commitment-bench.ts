/** A hub's front that commits quickly, and a centre that stores and asks for commitments. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, parseUid, sopClassUid } from '@modelbank/dicom';
import {
  STORAGE_COMMITMENT,
  openAssociation,
  readCommitmentReport,
  sendFiles,
  writeCommitmentRequest,
  type AssociationTarget,
  type CommitmentReport,
  type OutgoingAssociation,
  type ReferencedInstance,
} from '@modelbank/dimse';
import { CommitmentEntity, InstanceEntity } from '@modelbank/store';
import { writeSlice } from './ct-slices';
import { IntakeBench, type ApiAnswer } from './intake-bench';

export const CT = sopClassUid('CTImageStorage');
/** The presentation context of the service. */
export const COMMIT = { sopClassUid: STORAGE_COMMITMENT.sopClassUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };

export interface Asking {
  /** Default: one of its own, released after the response. */
  readonly association?: OutgoingAssociation;
  readonly dataSet?: Buffer;
  readonly typeId?: number;
  readonly sopInstanceUid?: string;
}

export class CommitmentBench {
  private constructor(
    readonly bench: IntakeBench,
    readonly folder: string,
  ) {}

  static async open(): Promise<CommitmentBench> {
    const home = await mkdtemp(join(tmpdir(), 'modelbank-commitment-'));
    await writeFile(join(home, 'modelbank.yaml'), 'commitment: { retryAfterMs: [300], timeoutMs: 5000 }\n');
    const folder = await mkdtemp(join(tmpdir(), 'modelbank-slices-'));
    const bench = await IntakeBench.open({ home });
    await bench.enrol();
    return new CommitmentBench(bench, folder);
  }

  async dispose(): Promise<void> {
    await this.bench.dispose();
    await rm(this.folder, { recursive: true });
  }

  setGateway(body: object, aeTitle = 'CT1'): Promise<ApiAnswer> {
    const path = `/centres/odense/calling-aes/${aeTitle}/storage-commitment`;
    return this.bench.api('POST', path, { host: '127.0.0.1', ...body });
  }

  async target(callingAeTitle = 'CT1', centre = 'odense'): Promise<AssociationTarget> {
    const { ca, cert, key } = (await this.bench.socketTls(centre)) as Record<'ca' | 'cert' | 'key', Buffer>;
    const called = { host: '127.0.0.1', port: this.bench.dimsePort, calledAeTitle: 'MODELBANK' };
    return { ...called, tls: { ca, cert, key }, callingAeTitle };
  }

  async slices(seed: string, count: number) {
    const indices = Array.from({ length: count }, (_, k) => k);
    const files = await Promise.all(indices.map((k) => writeSlice(this.folder, { seed, k, side: 16 })));
    const references = files.map((file) => ({ sopClassUid: CT, sopInstanceUid: parseUid(file.sopInstanceUid) }));
    return { paths: files.map(({ path }) => path), references };
  }

  async stored(seed: string, count: number): Promise<ReferencedInstance[]> {
    const { paths, references } = await this.slices(seed, count);
    const failed = (await sendFiles(await this.target(), paths)).find(({ error }) => error);
    if (failed) throw failed.error;
    return references;
  }

  rowOf(sopInstanceUid: string): Promise<InstanceEntity> {
    return this.bench.reads.manager.findOneByOrFail(InstanceEntity, { sopInstanceUid });
  }

  transaction(transactionUid: string): Promise<CommitmentEntity[]> {
    return this.bench.reads.manager.find(CommitmentEntity, { where: { transactionUid }, order: { id: 'ASC' } });
  }

  reported(transactionUid: string): Promise<CommitmentEntity> {
    return until(async () => (await this.transaction(transactionUid)).find(({ state }) => state === 'reported'));
  }

  /** Asks, and says which status the N-ACTION got. */
  async ask(references: readonly ReferencedInstance[], transactionUid: string, more: Asking = {}): Promise<number> {
    const association =
      more.association ?? (await openAssociation({ ...(await this.target()), presentationContexts: [COMMIT] }));
    const request = { transactionUid: parseUid(transactionUid), references };
    const status = await association.action({
      ...COMMIT,
      sopInstanceUid: more.sopInstanceUid ?? STORAGE_COMMITMENT.sopInstanceUid,
      typeId: more.typeId ?? STORAGE_COMMITMENT.requestCommitment,
      dataSet: more.dataSet ?? writeCommitmentRequest(request, COMMIT.transferSyntaxUid),
    });
    if (!more.association) await association.release();
    return status;
  }
}

export async function until<T>(find: () => Promise<T | undefined>, waitMs = 15_000): Promise<T> {
  for (const deadline = performance.now() + waitMs; performance.now() < deadline;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what should have happened did not');
}

export function readReport({ dataSet }: { readonly dataSet: Buffer }): CommitmentReport {
  return readCommitmentReport(dataSet, EXPLICIT_VR_LITTLE_ENDIAN, 20_000);
}
