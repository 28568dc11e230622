/** Wires the intake stage: the only door for DICOM. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { InstanceKeeper } from './instance-keeper';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { PressureModule } from './pressure/pressure.module';
import { ReceiveInstance } from './receive-instance';
import { StoreInstances } from './store-instances';

@Module({
  imports: [PressureModule],
  providers: [
    AssociationDoor,
    AssociationLog,
    DicomListener,
    HeldInstances,
    InstanceKeeper,
    IntakeMetrics,
    OrphanObjects,
    ReceiveInstance,
    StoreInstances,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
