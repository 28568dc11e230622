/** GET /api/v1/storage: how much room is left, and why nobody may send if nobody may. */
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { STORAGE_CONDITIONS, STORAGE_GAUGE } from '@modelbank/contracts';
import type { StorageCondition, StorageGauge, VolumeReading } from '@modelbank/contracts';
import { RequirePermission } from '../access';

export class VolumeView implements VolumeReading {
  @ApiProperty({ enum: ['objects', 'database'] }) part!: 'objects' | 'database';
  @ApiProperty() totalBytes!: number;
  @ApiProperty() freeBytes!: number;
  @ApiProperty() usedPercent!: number;
}

export class StorageView {
  @ApiProperty({ enum: STORAGE_CONDITIONS }) condition!: StorageCondition;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: [VolumeView] }) volumes!: VolumeView[];
}

@ApiTags('hub')
@Controller('api/v1/storage')
export class StorageController {
  constructor(@Inject(STORAGE_GAUGE) private readonly storage: StorageGauge) {}

  @Get()
  @RequirePermission('storage:read')
  @ApiOkResponse({ type: StorageView })
  async show(): Promise<StorageView> {
    const { condition, reason, volumes } = await this.storage.standing();
    return { condition, reason, volumes: [...volumes] };
  }
}
