/** Wires the intake stage: the only way in for DICOM, by C-STORE or STOW-RS. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { ConnectionWatch } from './connection-watch';
import { CommitmentModule } from './commitment/commitment.module';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { InstanceKeeper } from './instance-keeper';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { PressureModule } from './pressure/pressure.module';
import { ReceiveInstance } from './receive-instance';
import { RefusalJournal } from './refusal-journal';
import { RefusedSenders } from './refused-senders';
import { ObjectComparison } from './same-uid/object-comparison';
import { QuarantineKeeper } from './same-uid/quarantine-keeper';
import { QuarantinedObjects } from './same-uid/quarantined-objects';
import { SameUid } from './same-uid/same-uid';
import { StoreInstances } from './store-instances';
import { StoreAdmission } from './stow/store-admission';
import { StoreStudy } from './stow/store-study';
import { StowController } from './stow/stow.controller';

@Module({
  controllers: [StowController],
  imports: [CommitmentModule, PressureModule],
  providers: [
    AssociationDoor,
    AssociationLog,
    ConnectionWatch,
    DicomListener,
    HeldInstances,
    InstanceKeeper,
    IntakeMetrics,
    ObjectComparison,
    OrphanObjects,
    QuarantineKeeper,
    QuarantinedObjects,
    ReceiveInstance,
    RefusalJournal,
    StoreAdmission,
    RefusedSenders,
    SameUid,
    StoreInstances,
    StoreStudy,
  ],
  // the DICOMweb listener tells of its refused peers as the DICOM one does
  exports: [DicomListener, RefusalJournal, RefusedSenders],
})
export class IntakeModule {}
