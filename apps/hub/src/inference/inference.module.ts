/** Wires the inference stage of the embedded default. */
import { Module } from '@nestjs/common';
import { InferencePool } from './inference-pool';
import { InferenceConsumer } from './inference.consumer';

@Module({ controllers: [InferenceConsumer], providers: [InferencePool], exports: [InferencePool] })
export class InferenceModule {}
