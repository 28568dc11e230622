/** Stands in for intake (rows and events) and for the broker (delivers them, as badly as a test asks for) around assembly. */
import { queueName } from '@modelbank/contracts';
import type { Envelope, EventName } from '@modelbank/contracts';
import type { InstanceHeader } from '@modelbank/dicom';
import { uuidv7 } from '@modelbank/platform';
import {
  AssociationEntity,
  InputSetEntity,
  InstanceEntity,
  OutboxMessageEntity,
  SeriesEntity,
  insertRow,
} from '@modelbank/store';
import { seededRandom, shuffled } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { SeriesAssembly } from '../../apps/hub/src/assembly/series-assembly';

export const SETTLE_MS = 90_000;
const SERIES = '1.2.2';

export interface SliceOptions {
  readonly z?: number;
  readonly header?: Partial<InstanceHeader>;
  /** What else its row says. */
  readonly row?: Partial<InstanceEntity>;
}

export class AssemblyBench {
  readonly assembly: SeriesAssembly;

  constructor(readonly store: TestStore) {
    this.assembly = new SeriesAssembly(store.clock);
  }

  async open(more: Partial<AssociationEntity> = {}): Promise<string> {
    const id = uuidv7(this.store.clock);
    await this.store.unitOfWork.run((tx) =>
      insertRow(tx.manager, AssociationEntity, {
        id,
        centreId: 'odense',
        callingAeTitle: 'CT1',
        calledAeTitle: 'MODELBANK',
        purpose: 'test',
        startedAt: this.store.clock.now(),
        endedAt: null,
        outcome: null,
        instancesStored: 0,
        sendsWholeSeries: false,
        settleTimeMs: SETTLE_MS,
        ...more,
      }),
    );
    return id;
  }

  async store1(
    associationId: string,
    k: number,
    { z = 3 * k, header = {}, row = {} }: SliceOptions = {},
  ): Promise<void> {
    const made = instanceRow(uuidv7(this.store.clock), associationId, k, z, header, this.store.clock.now());
    const instance = { ...made, ...row };
    await this.store.unitOfWork.run(async (tx) => {
      await insertRow(tx.manager, InstanceEntity, instance);
      const { id: instanceId, centreId, studyInstanceUid, seriesInstanceUid } = instance;
      await tx.emit(
        'image.stored',
        centreId,
        { instanceId, centreId, studyInstanceUid, seriesInstanceUid },
        associationId,
      );
    });
  }

  async end(associationId: string, outcome: 'released' | 'aborted' = 'released'): Promise<void> {
    await this.store.unitOfWork.run(async (tx) => {
      await tx.manager.update(AssociationEntity, { id: associationId }, { endedAt: this.store.clock.now(), outcome });
      await tx.emit('association.ended', 'odense', { associationId, centreId: 'odense', outcome }, associationId);
    });
  }

  /** One association with these slices. */
  async send(slices: readonly number[], more: Partial<AssociationEntity> = {}): Promise<void> {
    const association = await this.open(more);
    for (const k of slices) await this.store1(association, k);
    await this.end(association);
  }

  /** Delivers what waits for assembly; `seed` shuffles it and delivers each message twice. */
  async deliver(seed?: number): Promise<void> {
    const messages = (await this.messages()).filter(({ queue }) => queue.startsWith('assembly.'));
    const twice = seed === undefined ? messages : shuffled([...messages, ...messages], seededRandom(seed));
    for (const { envelope } of twice) await this.consume(envelope);
  }

  async sweep(): Promise<void> {
    const now = this.store.clock.now();
    const open = await this.store.readStore.manager.findBy(SeriesEntity, { state: 'open' });
    for (const { id, deadlineAt } of open) {
      if (deadlineAt !== null && deadlineAt <= now) {
        await this.store.unitOfWork.run((tx) => this.assembly.deadlineReached(tx, id));
      }
    }
  }

  async settle(): Promise<void> {
    await this.store.clock.advance(SETTLE_MS + 1);
    await this.sweep();
  }

  series(): Promise<SeriesEntity> {
    return this.store.readStore.manager.findOneByOrFail(SeriesEntity, { seriesInstanceUid: SERIES });
  }

  inputSets(): Promise<InputSetEntity[]> {
    return this.store.readStore.manager.find(InputSetEntity, { order: { id: 'ASC' } });
  }

  async stateOfSets(): Promise<string[]> {
    return (await this.inputSets()).map(({ state, members }) => `${state} ${members.ct.length}`);
  }

  async emitted(event: EventName): Promise<number> {
    const found = (await this.messages()).filter(({ envelope }) => envelope.event === event);
    return new Set(found.map(({ envelope }) => envelope.messageId)).size;
  }

  dispositions(): Promise<string[]> {
    return this.store.readStore.manager
      .find(InstanceEntity, { order: { id: 'ASC' } })
      .then((rows) =>
        rows.map((row) => row.disposition + (row.dispositionCode === null ? '' : ` ${row.dispositionCode}`)),
      );
  }

  private messages(): Promise<OutboxMessageEntity[]> {
    return this.store.readStore.manager.find(OutboxMessageEntity, { order: { id: 'ASC' } });
  }

  private async consume(envelope: Envelope): Promise<void> {
    await this.store.unitOfWork.consume(queueName('assembly', envelope.event), envelope, async (tx) => {
      const { body, messageId } = envelope;
      if ('instanceId' in body) await this.assembly.instancesStored(tx, [body.instanceId], messageId);
      if ('associationId' in body)
        await this.assembly.associationEnded(tx, body.associationId, body.outcome, messageId);
    });
  }
}

function instanceRow(
  id: string,
  associationId: string,
  k: number,
  z: number,
  header: Partial<InstanceHeader>,
  receivedAt: Date,
): InstanceEntity {
  const sopInstanceUid = `1.2.3.${k}`;
  const uids = {
    sopInstanceUid,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    studyInstanceUid: '1.2.1',
    seriesInstanceUid: SERIES,
  };
  return {
    ...uids,
    id,
    centreId: 'odense',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    patientKey: 'a'.repeat(64),
    contentSha256: `c${k}`,
    objectSha256: `o${k}`,
    objectKey: `instances/00/${k}`,
    sizeBytes: 1000,
    associationId,
    purpose: 'test',
    header: {
      ...uids,
      frameOfReferenceUid: '1.2.9',
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      rows: 4,
      columns: 4,
      pixelSpacingMm: [1, 1],
      imagePositionPatient: [0, 0, z],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      contrast: false,
      transferSyntaxUid: '1.2.840.10008.1.2.1',
      ...header,
    },
    disposition: 'waiting',
    dispositionCode: null,
    receivedAt,
  };
}
