/** Wires the intake stage: the only door for DICOM. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { ReceiveInstance } from './receive-instance';
import { ObjectComparison } from './same-uid/object-comparison';
import { QuarantinedObjects } from './same-uid/quarantined-objects';
import { SameUid } from './same-uid/same-uid';
import { StoreInstances } from './store-instances';

@Module({
  providers: [
    AssociationDoor,
    AssociationLog,
    DicomListener,
    HeldInstances,
    IntakeMetrics,
    ObjectComparison,
    OrphanObjects,
    QuarantinedObjects,
    ReceiveInstance,
    SameUid,
    StoreInstances,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
