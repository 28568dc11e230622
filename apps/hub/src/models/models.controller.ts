/** `/api/v1/models`: registers a package that lies on the hub's own machine, lists and shows versions. */
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { compareVersions } from '@modelbank/registry';
import { ModelVersionEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, RequirePermission } from '../access';
import { ModelVersionDetail, ModelVersionView, modelVersionDetail, modelVersionView } from './model-version.views';
import { RegisteredModelVersionView } from './model-version.views';
import { RegisterPackage } from './register-package';

export class RegisterPackageDto {
  @ApiProperty({ description: "Absolute path of a package folder on the hub's own machine" })
  @MinLength(1)
  @MaxLength(4096)
  @IsString()
  folder!: string;
}

@ApiTags('models')
@Controller('api/v1/models')
export class ModelsController {
  constructor(
    private readonly registration: RegisterPackage,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  @Post()
  @RequirePermission('models:write')
  @ApiCreatedResponse({ type: RegisteredModelVersionView })
  async register(@Body() body: RegisterPackageDto, @Actor() actor: string): Promise<RegisteredModelVersionView> {
    const { modelVersion, isNew, warnings } = await this.registration.register(body.folder, actor);
    return { ...modelVersionView(modelVersion), isNew, warnings: [...warnings] };
  }

  /** By model id, the newest version first. */
  @Get()
  @RequirePermission('models:read')
  @ApiOkResponse({ type: [ModelVersionView] })
  async list(): Promise<ModelVersionView[]> {
    const rows = await this.readStore.manager.find(ModelVersionEntity, { order: { modelId: 'ASC' } });
    return rows
      .sort((a, b) => (a.modelId === b.modelId ? compareVersions(b.version, a.version) : 0))
      .map(modelVersionView);
  }

  @Get(':id/:version')
  @RequirePermission('models:read')
  @ApiOkResponse({ type: ModelVersionDetail })
  async show(@Param('id') modelId: string, @Param('version') version: string): Promise<ModelVersionDetail> {
    const row = await this.readStore.manager.findOneBy(ModelVersionEntity, { modelId, version });
    if (row === null) {
      throw new HubError('NOT_FOUND', 'this model version is not registered', {
        advice: 'See `modelbank model list`.',
      });
    }
    return modelVersionDetail(row);
  }
}
