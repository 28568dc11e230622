/** WADO-RS bulk data (PS3.18 10.4.1.1.4): the value of one element, at the address that the metadata gave for it. Nothing else is fetched. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { HubError } from '@modelbank/contracts';
import type { CalledAe } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN, PIXEL_DATA, parseElementPath, valueAt } from '@modelbank/dicom';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../base-url';
import { CalledAePipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { acceptedBy, requireOffer } from './accept';
import type { AcceptedRange } from './accept';
import { BULK_OFFERS, OCTETS, frameOffers } from './offers';
import { INSTANCE, Target } from './read-target';
import { MultipartBody, ResponseBody } from './response-body';
import { Retrieval, instanceUrl, sendPieces } from './retrieval';
import { sendFrames } from './send-frames';
import { bytesOf, storedHeader, withStoredFile } from './stored-file';
import type { ReadTarget, StoredObject } from './stored-objects';

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
export class BulkDataController {
  constructor(private readonly retrieval: Retrieval) {}

  @Get(`${INSTANCE}/bulkdata/*path`)
  @RequirePermission('dicomweb:read')
  async bulkData(
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Target() target: ReadTarget,
    @Param('path') segments: string | readonly string[],
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const path = parseElementPath(typeof segments === 'string' ? segments : segments.join('/'));
    const [object] = await this.retrieval.objects.require(scope, target);
    if (path === undefined) throw noSuchValue();
    const ranges = acceptedBy(request);
    await this.retrieval.journal.note(scope, 'bulkData', object);
    const body = new ResponseBody(response);
    if (path.length === 1 && path[0] >>> 16 === PIXEL_DATA >>> 16) {
      return this.sendPixels(body, object, path[0], ranges, instanceUrl({ baseUrl, calledAe }, object));
    }
    await withStoredFile(this.retrieval.pathOf(object), async (file) => {
      const value = valueAt((await storedHeader(file)).part10.dataSet, path);
      if (value === undefined) throw noSuchValue();
      await sendValue(body, ranges, one(value.bytes));
    });
  }

  /** Native little-endian pixels are one value; of others the frames are (PS3.18 8.7.3.4). */
  private async sendPixels(
    body: ResponseBody,
    object: StoredObject,
    tag: number,
    ranges: readonly AcceptedRange[],
    url: string,
  ): Promise<void> {
    const path = this.retrieval.pathOf(object);
    const isNative = await withStoredFile(path, async (file) => {
      const { pixels } = await storedHeader(file);
      if (pixels?.tag !== tag) throw noSuchValue();
      if (pixels.undefinedLength || !pixels.encoding.littleEndian) return false;
      await sendValue(body, ranges, bytesOf(file, pixels.start, pixels.end));
      return true;
    });
    if (isNative) return;
    const { numberOfFrames } = await this.retrieval.pool.run({ kind: 'describe', path }, body.signal);
    const numbers = Array.from({ length: numberOfFrames }, (_, index) => index + 1);
    const offer = requireOffer(ranges, frameOffers(object.transferSyntaxUid, numberOfFrames === 1));
    await sendFrames(body, this.retrieval.pool, { path, numbers, offer, url });
  }
}

async function sendValue(
  body: ResponseBody,
  ranges: readonly AcceptedRange[],
  pieces: AsyncGenerator<Uint8Array>,
): Promise<void> {
  const offer = requireOffer(ranges, BULK_OFFERS);
  const contentType = `${OCTETS}; transfer-syntax=${EXPLICIT_VR_LITTLE_ENDIAN}`;
  let parts: MultipartBody | undefined;
  await sendPieces(body, pieces, () => {
    if (!offer.multipart) return body.header('Content-Type', contentType);
    parts = new MultipartBody(body, OCTETS);
    return parts.begin(contentType);
  });
  if (parts === undefined) body.end();
  else if (!body.signal.aborted) await parts.end();
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const noSuchValue = () => new HubError('NOT_FOUND', 'there is no such value in the instance');
