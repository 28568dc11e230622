/** Wires the intake stage: the only way in for DICOM, by C-STORE or STOW-RS. */
import { Module } from '@nestjs/common';
import { AssociationDoor } from './association-door';
import { AssociationLog } from './association-log';
import { DicomListener } from './dicom-listener';
import { HeldInstances } from './held-instances';
import { IntakeMetrics } from './intake-metrics';
import { OrphanObjects } from './orphan-objects';
import { ReceiveInstance } from './receive-instance';
import { StoreInstances } from './store-instances';
import { StoreAdmission } from './stow/store-admission';
import { StoreStudy } from './stow/store-study';
import { StowController } from './stow/stow.controller';

@Module({
  controllers: [StowController],
  providers: [
    AssociationDoor,
    AssociationLog,
    DicomListener,
    HeldInstances,
    IntakeMetrics,
    OrphanObjects,
    ReceiveInstance,
    StoreAdmission,
    StoreInstances,
    StoreStudy,
  ],
  exports: [DicomListener],
})
export class IntakeModule {}
