/** WADO-RS: the instances of a study, of a series, or one, as DICOM files (PS3.18 10.4.1.1.1 to 10.4.1.1.3). */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { CalledAe } from '@modelbank/contracts';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../base-url';
import { CalledAePipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { acceptedBy, requireOffer } from './accept';
import { explicitFile } from './explicit-file';
import { fileOffers } from './offers';
import type { FileOffer } from './offers';
import { INSTANCE, SERIES, STUDY, Target } from './read-target';
import { MultipartBody, ResponseBody } from './response-body';
import { Retrieval, instanceUrl, sendPieces } from './retrieval';
import type { ServiceRoot } from './retrieval';
import { bytesOf, withStoredFile } from './stored-file';
import type { ReadTarget, StoredObject } from './stored-objects';

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
export class FilesController {
  constructor(private readonly retrieval: Retrieval) {}

  @Get([STUDY, SERIES, INSTANCE])
  @RequirePermission('dicomweb:read')
  async files(
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Target() target: ReadTarget,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const found = await this.retrieval.objects.require(scope, target);
    const objects = target.instance === undefined ? found : found.slice(0, 1);
    const stored = objects.map(({ transferSyntaxUid }) => transferSyntaxUid);
    const offer = requireOffer(acceptedBy(request), fileOffers(stored, target.instance !== undefined));
    await this.retrieval.journal.note(scope, 'instances', objects[0]);
    const body = new ResponseBody(response);
    if (offer.multipart) await this.sendParts(body, { baseUrl, calledAe }, objects, offer);
    else await this.sendOne(body, objects[0], offer);
  }

  private async sendParts(
    body: ResponseBody,
    root: ServiceRoot,
    objects: readonly StoredObject[],
    offer: FileOffer,
  ): Promise<void> {
    let parts: MultipartBody | undefined;
    for (const object of objects) {
      if (body.signal.aborted) return;
      await this.withPieces(object, offer, body.signal, (pieces) =>
        sendPieces(body, pieces, () => {
          parts ??= new MultipartBody(body, 'application/dicom');
          return parts.begin(contentType(object, offer), instanceUrl(root, object));
        }),
      );
    }
    if (!body.signal.aborted) await parts?.end();
  }

  private sendOne(body: ResponseBody, object: StoredObject, offer: FileOffer): Promise<void> {
    return this.withPieces(object, offer, body.signal, async (pieces) => {
      await sendPieces(body, pieces, () => body.header('Content-Type', contentType(object, offer)));
      body.end();
    });
  }

  private withPieces(
    object: StoredObject,
    offer: FileOffer,
    signal: AbortSignal,
    use: (pieces: AsyncGenerator<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const path = this.retrieval.pathOf(object);
    return withStoredFile(path, (file) => {
      const asStored = offer.as === 'stored' || object.transferSyntaxUid === offer.transferSyntaxUid;
      return use(asStored ? bytesOf(file) : explicitFile(file, path, this.retrieval.pool, signal));
    });
  }
}

function contentType({ transferSyntaxUid }: StoredObject, { as, ...offer }: FileOffer): string {
  const syntax = as === 'stored' ? transferSyntaxUid : offer.transferSyntaxUid;
  return `application/dicom; transfer-syntax=${syntax}`;
}
