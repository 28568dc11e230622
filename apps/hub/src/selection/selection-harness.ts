/** A real store with models, series and the selection stage on it, for the integration tests of selection. */
import type {
  Clock,
  CrashPoints,
  EventName,
  HeldDecision,
  ImageFactsMeter,
  JobInstance,
  Purpose,
} from '@modelbank/contracts';
import { writePart10 } from '@modelbank/dicom';
import type { InstanceHeader } from '@modelbank/dicom';
import type { Grid } from '@modelbank/geometry';
import { uuidv7 } from '@modelbank/platform';
import { parseManifest } from '@modelbank/registry';
import type { ImageFacts, ModelManifest } from '@modelbank/registry';
import {
  HeldItemEntity,
  InputSetEntity,
  insertRow,
  InstanceEntity,
  ModelVersionEntity,
  OutboxMessageEntity,
  SeriesEntity,
  TaskSelectionEntity,
} from '@modelbank/store';
import type { Store } from '@modelbank/store';
import { DecideHeldItem } from '../held/decide-held-item';
import type { HeldVerb } from '../held/decide-held-item';
import { HeldItemHandlerRegistry } from '../held/held-item-handlers';
import { GroupEvaluation } from './evaluate-group';
import { GroupSelection } from './group-selection';
import { HeldSelections } from './held-selections';
import { MeasureOnce } from './image-facts';
import { SelectionConsumer } from './selection.consumer';

const CT = '1.2.840.10008.5.1.4.1.1.2';
export const STUDY = '2.25.1';
export const FRAME = '2.25.2';

export interface SeriesOptions {
  readonly header?: Partial<InstanceHeader>;
  readonly slices?: number;
  readonly description?: string;
  readonly purpose?: Purpose;
  readonly parameters?: Record<string, string>;
  readonly frameOfReferenceUid?: string;
  readonly patientKey?: string;
}

export const LUNG_FACTS: ImageFacts = {
  bodyWidthMm: 400,
  bodyDepthMm: 250,
  bodyCrossSectionCm2: 700,
  airAroundBodyFraction: 0.4,
  lungVolumeMl: 4000,
  boneFraction: 0.1,
  boneFractionCranialThird: 0.1,
  boneFractionMiddleThird: 0.1,
  boneFractionCaudalThird: 0.1,
};

/** A manifest with these rules for its one CT, and whatever else is asked for. */
export function modelYaml(id: string, version: string, applicability: string, more = ''): string {
  return `manifestVersion: 1
id: ${id}
version: ${version}
title: Test model
owner: { organisation: Example Hospital, contact: ai@example.org }
task: lungs
intendedPurpose: Tests.
dmcg: none
deviceClass: none
inputs:
  - role: ct
    kind: series
    applicability: ${applicability}
    ranking: [{ by: slices, prefer: most }]
${more}preprocessing: { orientation: LPS }
networks:
  - name: net
    file: model.onnx
    input: { name: input, layout: NCDHW }
    output: { name: output, channels: 2 }
    axes: zyx
inference: { mode: whole, activation: softmax }
labels: [{ name: Lungs, source: { type: argmax, channel: 1 }, color: [0, 1, 2], interpretedType: ORGAN }]
limits: { timeoutSeconds: 60, memoryMiB: 512 }
`;
}

export type HarnessStore = Store & { readonly clock: Clock };

export class SelectionHarness {
  readonly measured: (readonly JobInstance[])[] = [];
  /** What measuring gives; an error is thrown. */
  facts: ImageFacts | Error = LUNG_FACTS;
  whileMeasuring: () => Promise<unknown> = async () => undefined;
  crashPoints: CrashPoints = { reach: () => undefined };
  private readonly consumer: SelectionConsumer;
  private readonly decisions: DecideHeldItem;
  private made = 0;

  constructor(readonly store: HarnessStore) {
    const { readStore, unitOfWork, clock, objects } = store;
    const meter: ImageFactsMeter = {
      measure: async (instances) => {
        this.measured.push(instances);
        await this.whileMeasuring();
        if (this.facts instanceof Error) throw this.facts;
        return this.facts;
      },
    };
    const evaluation = new GroupEvaluation(readStore, objects, new MeasureOnce(meter, readStore, unitOfWork, clock));
    const selection = new GroupSelection(evaluation, clock);
    const crashPoints: CrashPoints = { reach: (point) => this.crashPoints.reach(point) };
    this.consumer = new SelectionConsumer(selection, unitOfWork, readStore, crashPoints, clock);
    const handlers = new HeldItemHandlerRegistry();
    new HeldSelections(handlers).onModuleInit();
    this.decisions = new DecideHeldItem(handlers, unitOfWork, clock);
  }

  /** A registered version, told to selection. */
  async register(yaml: string): Promise<string> {
    const [id] = await this.registerQuietly([parseManifest(yaml)]);
    await this.store.unitOfWork.run((tx) => tx.emit('model.registered', '', { modelVersionId: id }, id));
    return id;
  }

  async registerQuietly(manifests: readonly ModelManifest[]): Promise<string[]> {
    const { clock, unitOfWork } = this.store;
    const rows = manifests.map((manifest): ModelVersionEntity => {
      const { id: modelId, version, task } = manifest;
      const paths = { packageDigest: 'd', files: {}, folder: 'models/x' };
      return {
        ...paths,
        id: uuidv7(clock),
        modelId,
        version,
        task,
        manifest,
        state: 'registered',
        registeredAt: clock.now(),
      };
    });
    await unitOfWork.run(async (tx) => {
      for (const row of rows) await insertRow(tx.manager, ModelVersionEntity, row);
    });
    return rows.map(({ id }) => id);
  }

  /** A complete series with its input set, told to selection. Returns the input set's id. */
  async assemble(options: SeriesOptions = {}): Promise<string> {
    this.made += 1;
    const { clock, objects, unitOfWork } = this.store;
    const seriesInstanceUid = `2.25.100${this.made}`;
    const objectKey = `ab/instance${this.made}`;
    await objects.put(objectKey, file(seriesInstanceUid, options.description ?? 'Chest'));
    const ids = { seriesId: uuidv7(clock), inputSetId: uuidv7(clock), instanceId: uuidv7(clock) };
    await unitOfWork.run(async (tx) => {
      await insertRow(tx.manager, SeriesEntity, this.series(ids.seriesId, seriesInstanceUid, options));
      await insertRow(tx.manager, InstanceEntity, this.instance(ids.instanceId, seriesInstanceUid, objectKey, options));
      await insertRow(tx.manager, InputSetEntity, this.inputSet(ids, options));
      const body = { inputSetId: ids.inputSetId, centreId: 'odense', provisional: false };
      await tx.emit('inputSet.assembled', 'odense', body, ids.seriesId);
    });
    return ids.inputSetId;
  }

  async supersede(inputSetId: string): Promise<void> {
    await this.store.unitOfWork.run(async (tx) => {
      await tx.manager.update(InputSetEntity, { id: inputSetId }, { state: 'superseded' });
      await tx.emit(
        'series.superseded',
        'odense',
        { inputSetId, centreId: 'odense', reason: 'late slice' },
        inputSetId,
      );
    });
  }

  /** Lets selection process what waits for it, in any number of rounds; the newest first when asked for. */
  async settle(newestFirst = false): Promise<void> {
    for (;;) {
      const waiting = (await this.outbox()).filter(({ queue }) => queue.startsWith('selection.'));
      const next = newestFirst ? waiting.at(-1) : waiting[0];
      if (next === undefined) return;
      await this.handle(next);
    }
  }

  async handle({ envelope }: OutboxMessageEntity): Promise<void> {
    const known = envelope as never;
    if (envelope.event === 'inputSet.assembled') await this.consumer.onInputSetAssembled(known);
    else if (envelope.event === 'selection.released') await this.consumer.onSelectionReleased(known);
    else if (envelope.event === 'series.superseded') await this.consumer.onSeriesSuperseded(known);
    else await this.consumer.onModelRegistered(known);
  }

  outbox(): Promise<OutboxMessageEntity[]> {
    return this.store.readStore.manager.find(OutboxMessageEntity, { order: { id: 'ASC' } });
  }

  /** Bodies of what was told to one queue so far. */
  async told(event: EventName, stage: string): Promise<unknown[]> {
    return (await this.outbox())
      .filter(({ queue }) => queue === `${stage}.${event}`)
      .map(({ envelope }) => envelope.body);
  }

  async tasks(): Promise<Record<string, string>> {
    const rows = await this.store.readStore.manager.find(TaskSelectionEntity);
    return Object.fromEntries(rows.map(({ inputSetId, state, stateCode }) => [inputSetId, stateCode ?? state]));
  }

  held(): Promise<HeldItemEntity[]> {
    return this.store.readStore.manager.find(HeldItemEntity, { where: { state: 'held' }, order: { id: 'ASC' } });
  }

  decide(verb: HeldVerb, id: string, decision: Partial<HeldDecision> = {}): Promise<void> {
    return this.decisions.decide(verb, id, { who: 'N. Physicist', why: 'Looked at it.', ...decision }, 'operator');
  }

  private series(
    id: string,
    seriesInstanceUid: string,
    { purpose = 'test', slices = 50 }: SeriesOptions,
  ): SeriesEntity {
    const at = this.store.clock.now();
    return {
      ...{ id, centreId: 'odense', seriesInstanceUid, studyInstanceUid: STUDY, frameOfReferenceUid: FRAME },
      ...{ patientKey: null, modality: 'CT', purpose, state: 'complete', stateCode: null, revision: 1 },
      ...{ instanceCount: slices, declaredCount: null, lastInstanceAt: at, deadlineAt: null, completedAt: at },
    };
  }

  private instance(id: string, seriesInstanceUid: string, objectKey: string, options: SeriesOptions): InstanceEntity {
    const uids = {
      sopClassUid: CT,
      sopInstanceUid: `${seriesInstanceUid}.1`,
      studyInstanceUid: STUDY,
      seriesInstanceUid,
    };
    const transferSyntaxUid = '1.2.840.10008.1.2.1';
    const header: InstanceHeader = {
      ...{ ...uids, transferSyntaxUid, modality: 'CT', imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], contrast: false },
      ...options.header,
    };
    return {
      ...{
        id,
        centreId: 'odense',
        ...uids,
        transferSyntaxUid,
        patientKey: null,
        contentSha256: 'c',
        objectSha256: 'o',
      },
      ...{ objectKey, sizeBytes: 1, associationId: 'a', purpose: options.purpose ?? 'test', header },
      ...{ disposition: 'assembled', dispositionCode: null, receivedAt: this.store.clock.now() },
    };
  }

  private inputSet(
    { seriesId, inputSetId, instanceId }: { seriesId: string; inputSetId: string; instanceId: string },
    { purpose = 'test', parameters, slices = 50, frameOfReferenceUid = FRAME, patientKey }: SeriesOptions,
  ): InputSetEntity {
    const at = this.store.clock.now();
    return {
      ...{ id: inputSetId, centreId: 'odense', seriesId, studyInstanceUid: STUDY, frameOfReferenceUid },
      ...{ patientKey: patientKey ?? null, purpose, revision: 1, state: 'complete', digest: `digest-${inputSetId}` },
      ...{ members: { ct: [instanceId] }, grid: grid(slices), parameters: parameters ?? null },
      ...{ assembledAt: at, completedAt: at },
    };
  }
}

function grid(slices: number): Grid {
  return {
    ...{ columns: 512, rows: 512, columnSpacingMm: 1, rowSpacingMm: 1 },
    ...{ rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], normal: [0, 0, 1] },
    origins: Array.from({ length: slices }, (_, k) => [-256, -256, 3 * k] as const),
  };
}

function file(seriesInstanceUid: string, description: string): Uint8Array {
  return writePart10({
    SOPClassUID: CT,
    SOPInstanceUID: `${seriesInstanceUid}.1`,
    StudyInstanceUID: STUDY,
    SeriesInstanceUID: seriesInstanceUid,
    SeriesDescription: description,
  });
}
