/** WADO-RS frames (PS3.18 10.4.1.1.6): as stored or decoded, as the client accepts them. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { HubError } from '@modelbank/contracts';
import type { CalledAe } from '@modelbank/contracts';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../base-url';
import { CalledAePipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { acceptedBy, requireOffer } from './accept';
import { parseFrameList } from './frame-list';
import { frameOffers } from './offers';
import { INSTANCE, Target } from './read-target';
import { ResponseBody } from './response-body';
import { Retrieval, instanceUrl } from './retrieval';
import { sendFrames } from './send-frames';
import type { ReadTarget } from './stored-objects';

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
export class FramesController {
  constructor(private readonly retrieval: Retrieval) {}

  @Get(`${INSTANCE}/frames/:frames`)
  @RequirePermission('dicomweb:read')
  async frames(
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Target() target: ReadTarget,
    @Param('frames') list: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const numbers = parseFrameList(list);
    const [image] = await this.retrieval.objects.requireImages(scope, target);
    const offer = requireOffer(acceptedBy(request), frameOffers(image.transferSyntaxUid, numbers.length === 1));
    const path = this.retrieval.pathOf(image);
    if (Math.max(...numbers) > image.numberOfFrames) throw new HubError('NOT_FOUND', 'there is no such frame');
    await this.retrieval.journal.note(scope, 'frames', image);
    const url = instanceUrl({ baseUrl, calledAe }, image);
    await sendFrames(new ResponseBody(response), this.retrieval.pool, { path, numbers, offer, url });
  }
}
