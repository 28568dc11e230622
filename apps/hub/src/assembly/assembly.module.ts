/** Wires the assembly stage. */
import { Module } from '@nestjs/common';
import { AssemblyConsumer } from './assembly.consumer';
import { DeadlineSweep } from './deadline-sweep';
import { HeldSeries } from './held-series';
import { SeriesAssembly } from './series-assembly';
import { SeriesController } from './series.controller';
import { StructureSets } from './structure-sets';

@Module({
  controllers: [AssemblyConsumer, SeriesController],
  providers: [SeriesAssembly, DeadlineSweep, HeldSeries, StructureSets],
  exports: [DeadlineSweep],
})
export class AssemblyModule {}
