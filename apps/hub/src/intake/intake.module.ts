/** Wires the intake stage: the only door for DICOM. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { CommitmentModule } from './commitment/commitment.module';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { ReceiveInstance } from './receive-instance';
import { StoreInstances } from './store-instances';

@Module({
  imports: [CommitmentModule],
  providers: [
    AssociationDoor,
    AssociationLog,
    DicomListener,
    HeldInstances,
    IntakeMetrics,
    OrphanObjects,
    ReceiveInstance,
    StoreInstances,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
