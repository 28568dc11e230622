/** Wires the results stage. */
import { Module } from '@nestjs/common';
import { ResultKeeper } from './result-keeper';
import { ResultsConsumer } from './results.consumer';
import { ResultsController } from './results.controller';

@Module({ controllers: [ResultsConsumer, ResultsController], providers: [ResultKeeper] })
export class ResultsModule {}
