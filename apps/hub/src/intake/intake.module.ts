/** Wires the intake stage: the only way in for DICOM, by C-STORE or STOW-RS. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { ConnectionWatch } from './connection-watch';
import { CommitmentModule } from './commitment/commitment.module';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { ReceiveInstance } from './receive-instance';
import { RefusalJournal } from './refusal-journal';
import { RefusedSenders } from './refused-senders';
import { StoreInstances } from './store-instances';
import { StoreAdmission } from './stow/store-admission';
import { StoreStudy } from './stow/store-study';
import { StowController } from './stow/stow.controller';

@Module({
  controllers: [StowController],
  imports: [CommitmentModule],
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
    StoreAdmission,
    RefusedSenders,
    StoreInstances,
    StoreStudy,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
