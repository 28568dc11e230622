/** WADO-RS (PS3.18 10.4): reading what a centre sent and what the hub made of it. */
import { Module } from '@nestjs/common';
import { BulkDataController } from './bulk-data.controller';
import { FilesController } from './files.controller';
import { FramesController } from './frames.controller';
import { MetadataController } from './metadata.controller';
import { ReadJournal } from './read-journal';
import { RenderedController } from './rendered.controller';
import { Retrieval } from './retrieval';
import { StoredObjects } from './stored-objects';
import { StructureSetsOfStudy } from './structure-sets-of-study';

@Module({
  controllers: [MetadataController, BulkDataController, RenderedController, FramesController, FilesController],
  providers: [Retrieval, StoredObjects, ReadJournal, StructureSetsOfStudy],
})
export class RetrieveModule {}
