/** Rows and objects as the earlier stages leave them, for the tests of dispatch, inference, results and delivery on a real store. */
import { createHash } from 'node:crypto';
import type { Envelope, InferenceOutcome, LabelFile, QueueName } from '@modelbank/contracts';
import type { CrashPoints } from '@modelbank/contracts';
import { maskVolumeMl, maskWhere, voxelCountOf } from '@modelbank/geometry';
import type { Mask } from '@modelbank/geometry';
import { anthropomorphicPhantom, phantomInstance, phantomInstanceUid, phantomSeriesUids } from '@modelbank/phantoms';
import type { Phantom } from '@modelbank/phantoms';
import { createLogger, uuidv7 } from '@modelbank/platform';
import { parseManifest } from '@modelbank/registry';
import {
  DeliveryEntity,
  DestinationEntity,
  InputSetEntity,
  InstanceEntity,
  JobEntity,
  JournalEntryEntity,
  ModelVersionEntity,
  OutboxMessageEntity,
  ResultEntity,
  SeriesEntity,
  TaskSelectionEntity,
  insertRow,
} from '@modelbank/store';
import type { TestStore } from '@modelbank/testing';

export const CENTRE = 'odense';
const SLICES = 6;
const CT = '1.2.840.10008.5.1.4.1.1.2';

const MANIFEST = `manifestVersion: 1
id: thorax
version: 1.2.0
title: Thorax
owner: { organisation: Example Hospital, contact: ai@example.org }
task: thorax
intendedPurpose: Tests.
dmcg: none
deviceClass: none
inputs: [{ role: ct, kind: series, applicability: { modalities: [CT] } }]
preprocessing: { orientation: LPS }
networks:
  - { name: net, file: model.onnx, input: { name: x, layout: NCDHW }, output: { name: y, channels: 2 }, axes: zyx }
inference: { mode: whole, activation: softmax }
labels:
  - { name: Lung_L, source: { type: argmax, channel: 0 }, color: [0, 128, 255], interpretedType: ORGAN }
  - { name: Heart, source: { type: argmax, channel: 1 }, color: [255, 0, 0], interpretedType: ORGAN, mayBeEmpty: true }
limits: { timeoutSeconds: 30, memoryMiB: 512 }
`;

export const NO_CRASH: CrashPoints = { reach: () => undefined };
export const QUIET = createLogger({ level: 'fatal', pretty: false });

export class JobBench {
  readonly phantom: Phantom = anthropomorphicPhantom({
    ...{ rows: 32, columns: 40, slices: SLICES, pixelSpacingMm: 10, sliceSpacingMm: 10 },
  });
  readonly uids = phantomSeriesUids('job bench');
  readonly seriesId: string;
  readonly inputSetId: string;
  readonly modelVersionId: string;
  private instanceIds: string[] = [];

  private constructor(readonly store: TestStore) {
    this.seriesId = uuidv7(store.clock);
    this.inputSetId = uuidv7(store.clock);
    this.modelVersionId = uuidv7(store.clock);
  }

  /** A complete series of a small phantom with its input set, and a registered version that applies to it. */
  static async on(store: TestStore): Promise<JobBench> {
    const bench = new JobBench(store);
    await bench.storeSeries();
    return bench;
  }

  get manager() {
    return this.store.readStore.manager;
  }

  /** A job of that series, queued unless told otherwise. */
  async job(more: Partial<JobEntity> = {}): Promise<JobEntity> {
    const { clock, unitOfWork } = this.store;
    const id = uuidv7(clock);
    const selectionId = uuidv7(clock);
    const ids = { inputSetId: this.inputSetId, modelVersionId: this.modelVersionId, centreId: CENTRE };
    const selection = {
      ...ids,
      id: selectionId,
      task: id,
      state: 'selected',
      stateCode: null,
      parameters: {},
    } as const;
    const job: JobEntity = {
      ...{ ...ids, id, taskSelectionId: selectionId, jobKey: createHash('sha256').update(id).digest('hex') },
      ...{ packageDigest: 'd'.repeat(64), parameters: {}, runNumber: 1, state: 'queued', stateCode: null, attempts: 0 },
      ...{ leaseOwner: null, fencingToken: 0, leaseExpiresAt: null, notBefore: null, outcome: null },
      ...{ createdAt: clock.now(), startedAt: null, finishedAt: null },
      ...more,
    };
    await unitOfWork.run(async (tx) => {
      await insertRow(tx.manager, TaskSelectionEntity, { ...selection, decidedAt: clock.now() });
      await insertRow(tx.manager, JobEntity, job);
    });
    return job;
  }

  /** A job whose label volumes are durable, told to results. The heart is empty. */
  async inferred(more: Partial<JobEntity> = {}): Promise<JobEntity> {
    const key = createHash('sha256').update(uuidv7(this.store.clock)).digest('hex');
    const lung = maskWhere(this.phantom.grid, (index) => index % 40 > 5 && index % 40 < 15 && (index / 40) % 32 > 10);
    const none = maskWhere(this.phantom.grid, () => false);
    const labels = [await this.label(key, 'Lung_L', lung), await this.label(key, 'Heart', none)];
    const outcome: InferenceOutcome = {
      ...{ kind: 'infer', labels, executionProvider: 'cpu', stages: [], peakRssMiB: 1 },
    };
    const finishedAt = this.store.clock.now();
    const job = await this.job({ state: 'inferred', jobKey: key, outcome, finishedAt, fencingToken: 1, ...more });
    await this.emit('inference.completed', { jobId: job.id, centreId: CENTRE });
    return job;
  }

  async destination(more: Partial<DestinationEntity> = {}): Promise<DestinationEntity> {
    const destination: DestinationEntity = {
      ...{ id: uuidv7(this.store.clock), centreId: CENTRE, name: 'TPS', aeTitle: 'TPS', host: '127.0.0.1', port: 1 },
      ...{ tls: true, pinnedFingerprintSha256: null, kind: 'test', holes: 'xor', active: true },
      ...more,
    };
    await this.insert(DestinationEntity, destination);
    return destination;
  }

  /** A built job with its result and one delivery of it that waits. */
  async waiting(destinationId: string, bytes: Uint8Array, more: Partial<DeliveryEntity> = {}): Promise<DeliveryEntity> {
    const { clock, objects } = this.store;
    const job = await this.job({ state: 'built' });
    const resultId = uuidv7(clock);
    const objectKey = `results/ab/${resultId}.dcm`;
    await objects.put(objectKey, bytes);
    await this.insert(ResultEntity, {
      ...{ id: resultId, jobId: job.id, centreId: CENTRE, kind: 'RTSTRUCT', encodingProfile: 'xor', objectKey },
      ...{
        sopClassUid: '1.2.840.10008.5.1.4.1.1.481.3',
        sopInstanceUid: `2.25.${BigInt(`0x${job.jobKey.slice(0, 24)}`)}`,
      },
      ...{ seriesInstanceUid: '2.25.9', objectSha256: createHash('sha256').update(bytes).digest('hex'), rois: [] },
      ...{ remarks: [], state: 'built', supersededByResultId: null, stateReason: null, builtAt: clock.now() },
    });
    const delivery: DeliveryEntity = {
      ...{ id: uuidv7(clock), resultId, jobId: job.id, centreId: CENTRE, inputSetId: this.inputSetId, destinationId },
      ...{ state: 'waiting', stateCode: null, lastError: null, attempts: 0, nextAttemptAt: clock.now() },
      ...{ lastStatus: null, leaseExpiresAt: null, createdAt: clock.now(), deliveredAt: null },
      ...more,
    };
    await this.insert(DeliveryEntity, delivery);
    return delivery;
  }

  async change(change: Partial<InputSetEntity>): Promise<void> {
    await this.store.unitOfWork.run((tx) =>
      tx.manager.update(InputSetEntity, { id: this.inputSetId }, change as object),
    );
  }

  emit(...[event, body]: Parameters<Emit>): Promise<void> {
    return this.store.unitOfWork.run((tx) => tx.emit(event, CENTRE, body as never, 'test'));
  }

  /** What waits in a queue, oldest first. */
  async queued<E extends Envelope['event']>(queue: QueueName): Promise<Envelope<E>[]> {
    const rows = await this.manager.find(OutboxMessageEntity, { where: { queue }, order: { id: 'ASC' } });
    return rows.map(({ envelope }) => envelope as Envelope<E>);
  }

  jobRow(id: string): Promise<JobEntity> {
    return this.manager.findOneByOrFail(JobEntity, { id });
  }

  deliveryRow(id: string): Promise<DeliveryEntity> {
    return this.manager.findOneByOrFail(DeliveryEntity, { id });
  }

  async journal(kind: string): Promise<JournalEntryEntity[]> {
    return this.manager.findBy(JournalEntryEntity, { kind });
  }

  private async storeSeries(): Promise<void> {
    const { clock, objects } = this.store;
    const series = {
      ...this.uids,
      patientName: 'Jensen^Planted',
      patientId: '010203-1234',
      date: '20260101',
      time: '1200',
    };
    for (let k = 0; k < SLICES; k++) {
      const bytes = phantomInstance(this.phantom, series, k);
      const objectKey = `instances/ab/${this.seriesId}-${k}`;
      await objects.put(objectKey, bytes);
      const id = uuidv7(clock);
      this.instanceIds.push(id);
      const { studyInstanceUid, seriesInstanceUid } = this.uids;
      await this.insert(InstanceEntity, {
        ...{ id, centreId: CENTRE, sopInstanceUid: phantomInstanceUid(series, k), sopClassUid: CT, studyInstanceUid },
        ...{ seriesInstanceUid, transferSyntaxUid: '1.2.840.10008.1.2.1', patientKey: null, contentSha256: `c${k}` },
        ...{ objectSha256: createHash('sha256').update(bytes).digest('hex'), objectKey, sizeBytes: bytes.length },
        ...{
          associationId: 'a',
          purpose: 'test',
          header: {} as never,
          disposition: 'assembled',
          dispositionCode: null,
        },
        receivedAt: clock.now(),
      });
    }
    await this.insertSet();
  }

  private async insertSet(): Promise<void> {
    const at = this.store.clock.now();
    const { studyInstanceUid, seriesInstanceUid, frameOfReferenceUid } = this.uids;
    const shared = {
      centreId: CENTRE,
      studyInstanceUid,
      frameOfReferenceUid,
      patientKey: null,
      purpose: 'test',
      revision: 1,
    } as const;
    await this.insert(SeriesEntity, {
      ...{ ...shared, id: this.seriesId, seriesInstanceUid, modality: 'CT', state: 'complete', stateCode: null },
      ...{ instanceCount: SLICES, declaredCount: null, lastInstanceAt: at, deadlineAt: null, completedAt: at },
    });
    await this.insert(InputSetEntity, {
      ...{ ...shared, id: this.inputSetId, seriesId: this.seriesId, state: 'complete', digest: 'digest' },
      ...{
        members: { ct: this.instanceIds },
        grid: this.phantom.grid,
        parameters: null,
        assembledAt: at,
        completedAt: at,
      },
    });
    const manifest = parseManifest(MANIFEST);
    await this.insert(ModelVersionEntity, {
      ...{ id: this.modelVersionId, modelId: manifest.id, version: manifest.version, task: manifest.task, manifest },
      ...{ packageDigest: 'd'.repeat(64), files: {}, folder: 'models/thorax', state: 'registered', registeredAt: at },
    });
  }

  private async label(jobKey: string, name: string, mask: Mask): Promise<LabelFile> {
    const file = `labels/${jobKey.slice(0, 2)}/${jobKey}/1-${name === 'Heart' ? 1 : 0}.mask`;
    await this.store.objects.put(file, mask.bits);
    const empty = mask.bits.every((bits) => bits === 0);
    const sha256 = createHash('sha256').update(mask.bits).digest('hex');
    const voxelCount = empty ? 0 : voxelCountOf(mask.grid);
    return { name, file, sha256, voxelCount, volumeMl: maskVolumeMl(mask), empty, cutByScanEnd: false };
  }

  private insert<T extends object>(entity: new () => T, row: T): Promise<unknown> {
    return this.store.unitOfWork.run((tx) => insertRow(tx.manager, entity, row));
  }
}

type Emit = <E extends Envelope['event']>(event: E, body: Envelope<E>['body']) => void;
