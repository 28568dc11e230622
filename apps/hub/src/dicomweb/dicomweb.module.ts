/** DICOMweb (PS3.18): the HTTPS door, and what is read through it. Storing is intake's (intake/stow). */
import { Module } from '@nestjs/common';
import { DicomwebListener } from './dicomweb-listener';
import { RetrieveModule } from './retrieve/retrieve.module';
import { FoundObjects } from './search/found-objects';
import { ObjectHeaders } from './search/object-headers';
import { Search } from './search/search';
import { SearchController } from './search/search.controller';

@Module({
  imports: [RetrieveModule],
  controllers: [SearchController],
  providers: [DicomwebListener, FoundObjects, ObjectHeaders, Search],
  exports: [DicomwebListener],
})
export class DicomwebModule {}
