/** WADO-RS metadata (PS3.18 10.4.1.1.5): the data sets without their pixels as DICOM JSON, one after another as they are read. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { CalledAe } from '@modelbank/contracts';
import { dicomJson } from '@modelbank/dicom';
import type { AddedElement } from '@modelbank/dicom';
import type { StoredHeader } from '@modelbank/inference';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../base-url';
import { CalledAePipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { acceptedBy, requireOffer } from './accept';
import { METADATA_OFFERS } from './offers';
import { INSTANCE, SERIES, STUDY, Target } from './read-target';
import { ResponseBody } from './response-body';
import { Retrieval, instanceUrl, sendPieces } from './retrieval';
import type { ServiceRoot } from './retrieval';
import { storedHeader, withStoredFile } from './stored-file';
import type { ReadTarget, StoredObject } from './stored-objects';

const AVAILABLE_TRANSFER_SYNTAX_UID = 0x00083002;
const RETRIEVE_URL = 0x00081190;

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
export class MetadataController {
  constructor(private readonly retrieval: Retrieval) {}

  @Get([STUDY, SERIES, INSTANCE].map((path) => `${path}/metadata`))
  @RequirePermission('dicomweb:read')
  async metadata(
    @Scope() scope: CallerScope,
    @BaseUrl() baseUrl: string,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Target() target: ReadTarget,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { type } = requireOffer(acceptedBy(request), METADATA_OFFERS);
    const objects = await this.retrieval.objects.require(scope, target);
    await this.retrieval.journal.note(scope, 'metadata', objects[0]);
    const body = new ResponseBody(response);
    await sendPieces(body, this.pieces({ baseUrl, calledAe }, objects), () => body.header('Content-Type', type));
    body.end();
  }

  private async *pieces(root: ServiceRoot, objects: readonly StoredObject[]): AsyncGenerator<string> {
    let separator = '[';
    for (const object of objects) {
      const header = await withStoredFile(this.retrieval.pathOf(object), storedHeader);
      const url = instanceUrl(root, object);
      const options = {
        added: addedElements(object, url, header),
        bulkDataUri: (path: string) => `${url}/bulkdata/${path}`,
      };
      for (const piece of dicomJson(header.part10.dataSet, options)) {
        yield separator + piece;
        separator = '';
        // a large structure set has many pieces: others get their turn in between
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      separator = ',';
    }
    yield ']';
  }
}

/** What viewers need and the file does not say: how it is stored, where it is, and where its pixels are. */
function addedElements({ transferSyntaxUid }: StoredObject, url: string, { pixels }: StoredHeader): AddedElement[] {
  const server: AddedElement[] = [
    { tag: RETRIEVE_URL, vr: 'UR', values: [url] },
    { tag: AVAILABLE_TRANSFER_SYNTAX_UID, vr: 'UI', values: [transferSyntaxUid] },
  ];
  return pixels === undefined ? server : [...server, { tag: pixels.tag, vr: pixels.vr, bulk: true }];
}
