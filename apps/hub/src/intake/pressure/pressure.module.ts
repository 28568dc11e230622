/** The storage gauge for every door and for whoever shows how the hub is. */
import { Global, Module } from '@nestjs/common';
import { STORAGE_GAUGE } from '@modelbank/contracts';
import { PressureMetrics } from './pressure-metrics';
import { StorageWatch } from './storage-watch';

@Global()
@Module({
  providers: [PressureMetrics, StorageWatch, { provide: STORAGE_GAUGE, useExisting: StorageWatch }],
  exports: [STORAGE_GAUGE],
})
export class PressureModule {}
