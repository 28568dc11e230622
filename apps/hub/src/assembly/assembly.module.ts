/** Wires the assembly stage. */
import { Module } from '@nestjs/common';
import { AssemblyConsumer } from './assembly.consumer';
import { DeadlineSweep } from './deadline-sweep';
import { SeriesAssembly } from './series-assembly';
import { SeriesController } from './series.controller';

@Module({
  controllers: [AssemblyConsumer, SeriesController],
  providers: [SeriesAssembly, DeadlineSweep],
  exports: [DeadlineSweep],
})
export class AssemblyModule {}
