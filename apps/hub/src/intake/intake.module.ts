/** Wires the intake stage: the only door for DICOM. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { ConnectionWatch } from './connection-watch';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { ReceiveInstance } from './receive-instance';
import { RefusalJournal } from './refusal-journal';
import { RefusedSenders } from './refused-senders';
import { StoreInstances } from './store-instances';

@Module({
  providers: [
    AssociationDoor,
    AssociationLog,
    ConnectionWatch,
    DicomListener,
    HeldInstances,
    IntakeMetrics,
    OrphanObjects,
    ReceiveInstance,
    RefusalJournal,
    RefusedSenders,
    StoreInstances,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
