/** What the API tells of registered model versions. */
import { ApiProperty } from '@nestjs/swagger';
import type { ModelManifest } from '@modelbank/registry';
import type { ModelVersionEntity } from '@modelbank/store';

export class ModelVersionView {
  @ApiProperty() id!: string;
  @ApiProperty({ example: 'reference-ct-anatomy' }) modelId!: string;
  @ApiProperty({ example: '1.0.0' }) version!: string;
  @ApiProperty() title!: string;
  @ApiProperty() task!: string;
  @ApiProperty({ description: 'SHA-256 over every file of the package' }) packageDigest!: string;
  @ApiProperty({ enum: ['registered', 'retired'] }) state!: 'registered' | 'retired';
  @ApiProperty({ type: String, format: 'date-time' }) registeredAt!: Date;
}

export class RegisteredModelVersionView extends ModelVersionView {
  @ApiProperty({ description: 'False when the same package was registered before' }) isNew!: boolean;
  @ApiProperty({ type: [String], description: 'What is allowed but unwise' }) warnings!: string[];
}

export class ModelVersionDetail extends ModelVersionView {
  @ApiProperty({ type: Object, description: 'model.yaml, see docs/model-packages.md' }) manifest!: ModelManifest;
  @ApiProperty({ type: Object, description: 'SHA-256 by path' }) files!: Record<string, string>;
}

export function modelVersionView(row: ModelVersionEntity): ModelVersionView {
  const { id, modelId, version, task, packageDigest, state, registeredAt, manifest } = row;
  return { id, modelId, version, title: manifest.title, task, packageDigest, state, registeredAt };
}

export function modelVersionDetail(row: ModelVersionEntity): ModelVersionDetail {
  return { ...modelVersionView(row), manifest: row.manifest, files: row.files };
}
