/** DICOMweb (PS3.18): the HTTPS door, and what is read through it. Storing is intake's (intake/stow). */
import { Module } from '@nestjs/common';
import { ConnectionWatch } from '../intake/connection-watch';
import { IntakeModule } from '../intake/intake.module';
import { DicomwebListener } from './dicomweb-listener';
import { RefusedConnections } from './refused-connections';
import { RetrieveModule } from './retrieve/retrieve.module';
import { FoundObjects } from './search/found-objects';
import { ObjectHeaders } from './search/object-headers';
import { Search } from './search/search';
import { SearchController } from './search/search.controller';

@Module({
  imports: [IntakeModule, RetrieveModule],
  controllers: [SearchController],
  // a watch of its own: each listener has one
  providers: [ConnectionWatch, DicomwebListener, FoundObjects, ObjectHeaders, RefusedConnections, Search],
  exports: [DicomwebListener],
})
export class DicomwebModule {}
