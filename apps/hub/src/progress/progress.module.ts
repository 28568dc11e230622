/** The read model of studies on their way. */
import { Module } from '@nestjs/common';
import { ProgressController } from './progress.controller';

@Module({ controllers: [ProgressController] })
export class ProgressModule {}
