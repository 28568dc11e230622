/** GET /api/v1/jobs: what runs, what ran, what it waits for, and what became of the results. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE } from '@modelbank/contracts';
import {
  DeliveryEntity,
  InputSetEntity,
  JobEntity,
  ModelVersionEntity,
  ResultEntity,
  SeriesEntity,
  onlyGiven,
} from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { DEFAULT_ROWS, RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';
import { JobQuery, JobView } from './job-view';

@ApiTags('jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(@Inject(READ_STORE) private readonly store: ReadStore) {}

  @Get()
  @RequirePermission('jobs:read')
  async list(@Query() query: JobQuery, @Scope() scope: CallerScope): Promise<JobView[]> {
    const jobs = await this.store.manager.find(JobEntity, {
      where: { ...onlyGiven({ state: query.state }), ...ofCentres(scope, query.centre) },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: query.limit ?? DEFAULT_ROWS,
    });
    return Promise.all(jobs.map((job) => this.view(job)));
  }

  @Get(':id')
  @RequirePermission('jobs:read')
  async show(@Param('id') id: string, @Scope() scope: CallerScope): Promise<JobView> {
    const job = await this.store.manager.findOneBy(JobEntity, { id, ...ofCentres(scope) });
    if (job === null) throw new HubError('NOT_FOUND', 'no job with this id', { advice: 'list jobs: modelbank jobs' });
    return this.view(job);
  }

  private async view(job: JobEntity): Promise<JobView> {
    const { manager } = this.store;
    const [version, inputSet, results, deliveries] = await Promise.all([
      manager.findOneByOrFail(ModelVersionEntity, { id: job.modelVersionId }),
      manager.findOneByOrFail(InputSetEntity, { id: job.inputSetId }),
      manager.findBy(ResultEntity, { jobId: job.id }),
      manager.findBy(DeliveryEntity, { jobId: job.id }),
    ]);
    const series = await manager.findOneByOrFail(SeriesEntity, { id: inputSet.seriesId });
    return new JobView(job, version, inputSet, series.seriesInstanceUid, results, deliveries);
  }
}
