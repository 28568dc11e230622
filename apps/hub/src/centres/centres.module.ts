/** Wires the centres stage; the directory is the read model that the door asks. */
import { Global, Module } from '@nestjs/common';
import { CENTRE_DIRECTORY, SENDER_BOOK } from '@modelbank/contracts';
import { CalledAes } from './called-aes';
import { CalledAesController } from './called-aes.controller';
import { CentreRegister } from './centre-register';
import { CentresController } from './centres.controller';
import { CachedCentreDirectory } from './directory';
import { EchoDestination } from './echo-destination';
import { EnrolSender } from './enrol-sender';
import { SenderBookOfHub } from './sender-book';
import { SendersController } from './senders.controller';

@Global()
@Module({
  controllers: [CentresController, CalledAesController, SendersController],
  providers: [
    CentreRegister,
    CalledAes,
    CachedCentreDirectory,
    EchoDestination,
    EnrolSender,
    SenderBookOfHub,
    { provide: SENDER_BOOK, useExisting: SenderBookOfHub },
    { provide: CENTRE_DIRECTORY, useExisting: CachedCentreDirectory },
  ],
  exports: [CENTRE_DIRECTORY, SENDER_BOOK],
})
export class CentresModule {}
