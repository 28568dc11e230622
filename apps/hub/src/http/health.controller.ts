/** GET /health: whether the hub serves; the one question that anyone on the listening address may ask. */
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { CalledAeEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Public } from '../access';

export class HealthView {
  @ApiProperty({ enum: ['ok'] }) status!: 'ok';
}

@ApiTags('hub')
@Controller('health')
export class HealthController {
  constructor(@Inject(READ_STORE) private readonly readStore: ReadStore) {}

  @Get()
  @Public()
  async health(): Promise<HealthView> {
    try {
      await this.readStore.manager.count(CalledAeEntity);
    } catch (thrown) {
      throw new HubError('DATABASE_UNAVAILABLE', 'the database does not answer', { cause: thrown });
    }
    return { status: 'ok' };
  }
}
