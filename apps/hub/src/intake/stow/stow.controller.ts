/** POST /dicomweb/{called AE}/studies: STOW-RS (PS3.18 10.5), the other way into the reception of C-STORE. */
import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { READ_STORE, STORAGE_GAUGE, asHubError } from '@modelbank/contracts';
import type { CalledAe, StorageGauge } from '@modelbank/contracts';
import type { Uid } from '@modelbank/dicom';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import type { ReadStore } from '@modelbank/store';
import { RETRY_AFTER_S, RequirePermission, Scope, fingerprintOf, ownCentreOf } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../../dicomweb/base-url';
import { CalledAePipe, UidPipe } from '../../dicomweb/path-pipes';
import { DICOMWEB_ROUTE } from '../../dicomweb/paths';
import { keepConnection, letBodyCome } from '../../dicomweb/unread-body';
import { RefusalJournal } from '../refusal-journal';
import { retrieveUrls } from './retrieve-urls';
import { StoreAdmission } from './store-admission';
import { storeResponse, storeStatus } from './store-response';
import { StoreStudy } from './store-study';
import { checkStowHeaders } from './stow-request';

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
@RequirePermission('dicomweb:store')
export class StowController {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(STORAGE_GAUGE) private readonly storage: StorageGauge,
    private readonly admission: StoreAdmission,
    private readonly studies: StoreStudy,
    private readonly refusals: RefusalJournal,
  ) {}

  @Post('studies')
  async storeInstances(
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.store(request, response, { calledAe, scope, baseUrl });
  }

  @Post('studies/:study')
  async storeStudyInstances(
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Param('study', UidPipe) studyInstanceUid: Uid,
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.store(request, response, { calledAe, scope, baseUrl, studyInstanceUid });
  }

  private async store(
    request: Request,
    response: Response,
    target: { calledAe: CalledAe; scope: CallerScope; baseUrl: string; studyInstanceUid?: Uid },
  ): Promise<void> {
    const { calledAe, scope, baseUrl, studyInstanceUid } = target;
    const centreId = ownCentreOf(scope);
    const { boundary, leave } = this.admit(request, centreId, scope.actor);
    try {
      // the gauge journals when such a time begins and ends, not whom it turns away
      await this.storage.mayAccept(Number(request.headers['content-length'] ?? 0));
      letBodyCome(request, response);
      const sender = { actor: scope.actor, centreId, calledAe, studyInstanceUid };
      const outcomes = await this.studies.receive(request, boundary, sender);
      keepConnection(response);
      const urls = await retrieveUrls(this.readStore, outcomes, { baseUrl, centreId, calledAe });
      const status = storeStatus(outcomes);
      if (outcomes.some(({ failure }) => failure?.retryable)) response.setHeader('Retry-After', RETRY_AFTER_S);
      response
        .status(status)
        .type('application/dicom+json')
        .send(JSON.stringify(storeResponse(outcomes, urls)));
    } finally {
      leave();
    }
  }

  /** What is refused here was not read: the journal hears of it, as of parts that are refused later. */
  private admit(request: Request, centreId: string, actor: string): { boundary: string; leave: () => void } {
    try {
      const { boundary } = checkStowHeaders(request.headers, this.configuration.dicomweb.limits.maxRequestBytes);
      return { boundary, leave: this.admission.enter(centreId) };
    } catch (thrown) {
      this.refusals.record({
        ...{ kind: 'stow.refused', code: asHubError(thrown).code, centreId },
        text: 'a store request was refused before its body was read',
        remoteAddress: request.socket.remoteAddress ?? '',
        fingerprintSha256: fingerprintOf(request.socket) ?? undefined,
        details: { by: actor },
      });
      throw thrown;
    }
  }
}
