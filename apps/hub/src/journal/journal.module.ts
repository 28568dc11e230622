/** Wires the journal stage. */
import { Module } from '@nestjs/common';
import { JournalConsumer } from './journal.consumer';
import { DeadLettersController } from './dead-letters.controller';
import { JournalController } from './journal.controller';

@Module({ controllers: [JournalConsumer, JournalController, DeadLettersController] })
export class JournalModule {}
