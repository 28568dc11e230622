/** Wires the retention stage; global, so that the owners of objects can register themselves. */
import { Global, Module } from '@nestjs/common';
import { RETENTION_KEEPERS } from '@modelbank/contracts';
import { DeleteObjects } from './delete-objects';
import { FindDue } from './find-due';
import { RetentionKeeperRegistry } from './keepers';
import { RetentionRules } from './retention-rules';
import { RetentionSweep } from './retention-sweep';
import { RetentionController } from './retention.controller';

@Global()
@Module({
  controllers: [RetentionController],
  providers: [
    DeleteObjects,
    FindDue,
    RetentionKeeperRegistry,
    RetentionRules,
    RetentionSweep,
    { provide: RETENTION_KEEPERS, useExisting: RetentionKeeperRegistry },
  ],
  exports: [RETENTION_KEEPERS],
})
export class RetentionModule {}
