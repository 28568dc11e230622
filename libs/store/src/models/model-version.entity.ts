/** Registered model versions. Owner: models. */
import { Entity, Index, Unique } from 'typeorm';
import type { ModelManifest } from '@modelbank/registry';
import { IdColumn, JsonColumn, KeyColumn, TextColumn, TimeColumn } from '../columns/columns';

@Entity('model_version')
@Unique(['modelId', 'version'])
export class ModelVersionEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() modelId!: string;
  @KeyColumn() version!: string;
  @KeyColumn() task!: string;
  /** SHA-256 over the sorted list of every file's path and SHA-256, the manifest included. */
  @KeyColumn() packageDigest!: string;
  /** Path -> SHA-256. */
  @JsonColumn() files!: Record<string, string>;
  @JsonColumn() manifest!: ModelManifest;
  /** Folder below MODELBANK_HOME that holds the registered copy. */
  @TextColumn() folder!: string;
  @KeyColumn(16) state!: 'registered' | 'retired';
  @TimeColumn() registeredAt!: Date;
}
