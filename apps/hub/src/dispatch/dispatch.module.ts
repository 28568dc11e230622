/** Wires the dispatch stage. */
import { Module } from '@nestjs/common';
import { DispatchConsumer } from './dispatch.consumer';
import { HeldJobs } from './held-jobs';
import { JobsController } from './jobs.controller';

@Module({ controllers: [DispatchConsumer, JobsController], providers: [HeldJobs] })
export class DispatchModule {}
