/** Wires the centres stage; the directory is the read model that the door asks. */
import { Global, Module } from '@nestjs/common';
import { CENTRE_DIRECTORY } from '@modelbank/contracts';
import { CalledAes } from './called-aes';
import { CalledAesController } from './called-aes.controller';
import { CentreRegister } from './centre-register';
import { CentresController } from './centres.controller';
import { CachedCentreDirectory } from './directory';

@Global()
@Module({
  controllers: [CentresController, CalledAesController],
  providers: [
    CentreRegister,
    CalledAes,
    CachedCentreDirectory,
    { provide: CENTRE_DIRECTORY, useExisting: CachedCentreDirectory },
  ],
  exports: [CENTRE_DIRECTORY],
})
export class CentresModule {}
