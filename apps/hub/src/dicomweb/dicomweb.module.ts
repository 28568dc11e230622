/** DICOMweb (PS3.18): the HTTPS door, and what is read through it. Storing is intake's (intake/stow). */
import { Module } from '@nestjs/common';
import { DicomwebListener } from './dicomweb-listener';
import { RetrieveModule } from './retrieve/retrieve.module';

@Module({
  imports: [RetrieveModule],
  providers: [DicomwebListener],
  exports: [DicomwebListener],
})
export class DicomwebModule {}
