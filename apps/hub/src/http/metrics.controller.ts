/** GET /metrics for Prometheus, with a token like every other route. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { METRICS } from '@modelbank/platform';
import type { Metrics } from '@modelbank/platform';
import { RequirePermission } from '../access';

@ApiTags('hub')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  @Get()
  @RequirePermission('metrics:read')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
