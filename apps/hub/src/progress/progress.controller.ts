/** GET /api/v1/studies/:uid/progress: what `modelbank submit --wait` shows while a study travels. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { InstanceEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { CentreField, RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';
import { StudyProgress } from './progress-view';
import { studyProgress } from './study-progress';
import { readStudyRows } from './study-rows';

export class ProgressQuery {
  @CentreField()
  centre?: string;
}

@ApiTags('studies')
@Controller('api/v1/studies')
export class ProgressController {
  constructor(@Inject(READ_STORE) private readonly readStore: ReadStore) {}

  /** One entry for each centre that sent instances of the study: a study is never joined across centres. */
  @Get(':uid/progress')
  @RequirePermission('series:read')
  @ApiOkResponse({ type: [StudyProgress] })
  async show(
    @Param('uid') studyInstanceUid: string,
    @Query() { centre }: ProgressQuery,
    @Scope() scope: CallerScope,
  ): Promise<StudyProgress[]> {
    if (!isUid(studyInstanceUid)) throw new HubError('UID_INVALID', 'the path does not name a study by its UID');
    const { manager } = this.readStore;
    const senders = await manager
      .createQueryBuilder(InstanceEntity, 'instance')
      .select('instance.centreId', 'centreId')
      .distinct()
      .where({ studyInstanceUid, ...ofCentres(scope, centre) })
      .getRawMany<{ centreId: string }>();
    const centreIds = senders.map((sender) => sender.centreId).sort();
    if (centreIds.length === 0) throw new HubError('NOT_FOUND', 'no instance of this study was stored');
    const found: StudyProgress[] = [];
    for (const centreId of centreIds) {
      found.push(studyProgress(centreId, studyInstanceUid, await readStudyRows(manager, centreId, studyInstanceUid)));
    }
    return found;
  }
}
