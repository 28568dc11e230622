/**
 * WADO-RS rendered images and thumbnails (PS3.18 10.4.1.1.7, 10.4.1.1.8) as PNG or JPEG, with the contours of structure sets that lie on
 * them. Of a study or series its middle image stands for all, of a multi-frame image its middle frame.
 */
import { createHash } from 'node:crypto';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { HubError } from '@modelbank/contracts';
import type { CalledAe } from '@modelbank/contracts';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { CalledAePipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { acceptedBy, requireOffer } from './accept';
import { parseFrameList } from './frame-list';
import { PICTURE_OFFERS } from './offers';
import { INSTANCE, SERIES, STUDY, Target } from './read-target';
import { renderingParameters, thumbnailParameters } from './rendering-parameters';
import { ResponseBody } from './response-body';
import { Retrieval } from './retrieval';
import type { ReadTarget, StoredImage } from './stored-objects';
import { StructureSetsOfStudy } from './structure-sets-of-study';

const FRAME = `${INSTANCE}/frames/:frame`;
const LEVELS = [STUDY, SERIES, INSTANCE, FRAME];

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
export class RenderedController {
  constructor(
    private readonly retrieval: Retrieval,
    private readonly structureSets: StructureSetsOfStudy,
  ) {}

  @Get(LEVELS.flatMap((path) => [`${path}/rendered`, `${path}/thumbnail`]))
  @RequirePermission('dicomweb:read')
  async picture(
    @Scope() scope: CallerScope,
    @Param('calledAe', CalledAePipe) _calledAe: CalledAe,
    @Target() target: ReadTarget,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const isThumbnail = request.path.endsWith('/thumbnail');
    const format = requireOffer(acceptedBy(request), PICTURE_OFFERS).type;
    const image = representative(await this.retrieval.objects.requireImages(scope, target));
    const frame = frameOf(request.params.frame as string | undefined, image);
    const { overlay, ...parameters } = (isThumbnail ? thumbnailParameters : renderingParameters)(request, image);
    const sets = await this.structureSets.find(scope, image.studyInstanceUid, overlay);
    await this.retrieval.journal.note(scope, isThumbnail ? 'thumbnails' : 'pictures', image);
    const body = new ResponseBody(response);
    const { bytes } = await this.retrieval.pool.run(
      {
        ...{ ...parameters, kind: 'render', frame, format },
        path: this.retrieval.pathOf(image),
        structureSetPaths: sets.map((set) => this.retrieval.pathOf(set)),
      },
      body.signal,
    );
    body.send(format, bytes, `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`);
  }
}

function frameOf(text: string | undefined, { numberOfFrames }: StoredImage): number {
  if (text === undefined) return Math.ceil(numberOfFrames / 2);
  const [number, ...others] = parseFrameList(text);
  if (others.length > 0) throw new HubError('INVALID_REQUEST', 'one frame can be rendered at a time');
  if (number > numberOfFrames) throw new HubError('NOT_FOUND', 'there is no such frame');
  return number;
}

/** The middle of the series that has most images; images come sorted by series and number. */
function representative(images: readonly StoredImage[]): StoredImage {
  const bySeries = new Map<string, StoredImage[]>();
  for (const image of images) {
    const series = bySeries.get(image.seriesInstanceUid);
    if (series === undefined) bySeries.set(image.seriesInstanceUid, [image]);
    else series.push(image);
  }
  const largest = [...bySeries.values()].reduce((a, b) => (b.length > a.length ? b : a));
  return largest[Math.floor((largest.length - 1) / 2)];
}
