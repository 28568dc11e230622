/** GET /health: whether the hub serves; the one question that anyone on the listening address may ask. */
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE, STORAGE_CONDITIONS, STORAGE_GAUGE } from '@modelbank/contracts';
import type { StorageCondition, StorageGauge } from '@modelbank/contracts';
import { CalledAeEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Public } from '../access';

const STATUSES = ['ok', 'degraded'] as const;

/** `degraded`: what is here is worked on and delivered, but nothing more is taken in. */
export class HealthView {
  @ApiProperty({ enum: STATUSES }) status!: (typeof STATUSES)[number];
  @ApiProperty({ enum: STORAGE_CONDITIONS }) storage!: StorageCondition;
}

@ApiTags('hub')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(STORAGE_GAUGE) private readonly storage: StorageGauge,
  ) {}

  @Get()
  @Public()
  @ApiOkResponse({ type: HealthView })
  async health(): Promise<HealthView> {
    try {
      await this.readStore.manager.count(CalledAeEntity);
    } catch (thrown) {
      throw new HubError('DATABASE_UNAVAILABLE', 'the database does not answer', { cause: thrown });
    }
    const { condition } = await this.storage.standing();
    return { status: condition === 'ok' ? 'ok' : 'degraded', storage: condition };
  }
}
