/** The hub: the platform, the store, the broker, and the stages in the order in which data travels through them. */
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { BrokerModule } from '@modelbank/broker';
import { PlatformModule } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { StoreModule } from '@modelbank/store';
import { AccessModule } from './access';
import { AssemblyModule } from './assembly/assembly.module';
import { CentresModule } from './centres/centres.module';
import { DeliveryModule } from './delivery/delivery.module';
import { DicomwebModule } from './dicomweb/dicomweb.module';
import { DispatchModule } from './dispatch/dispatch.module';
import { HeldModule } from './held/held.module';
import { HttpModule } from './http/http.module';
import type { HubOverrides } from './hub-overrides';
import { InferenceModule } from './inference/inference.module';
import { IntakeModule } from './intake/intake.module';
import { JournalModule } from './journal/journal.module';
import { ModelsModule } from './models/models.module';
import { ProgressModule } from './progress/progress.module';
import { ResultsModule } from './results/results.module';
import { SelectionModule } from './selection/selection.module';

const STAGES = [
  CentresModule,
  IntakeModule,
  AssemblyModule,
  ModelsModule,
  SelectionModule,
  DispatchModule,
  InferenceModule,
  ResultsModule,
  DeliveryModule,
  HeldModule,
  JournalModule,
  ProgressModule,
  DicomwebModule,
  HttpModule,
];

@Module({})
export class HubModule {
  static forRoot(configuration: Configuration, overrides: HubOverrides = {}): DynamicModule {
    return {
      module: HubModule,
      imports: [
        PlatformModule.forRoot(configuration, overrides),
        StoreModule.forRoot(configuration),
        BrokerModule.forRoot({ transport: overrides.transport }),
        AccessModule.forRoot(overrides.callers),
        ...STAGES,
      ],
    };
  }
}
