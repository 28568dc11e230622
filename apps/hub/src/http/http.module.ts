/** Routes about the hub itself. */
import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { MetricsController } from './metrics.controller';
import { OpenApiController, OpenApiDocument } from './open-api.controller';
import { StorageController } from './storage.controller';

@Module({
  controllers: [HealthController, MetricsController, OpenApiController, StorageController],
  providers: [OpenApiDocument],
  exports: [OpenApiDocument],
})
export class HttpModule {}
