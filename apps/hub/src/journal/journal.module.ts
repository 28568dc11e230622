/** Wires the journal stage. */
import { Module } from '@nestjs/common';
import { JournalConsumer } from './journal.consumer';
import { JournalController } from './journal.controller';

@Module({ controllers: [JournalConsumer, JournalController] })
export class JournalModule {}
