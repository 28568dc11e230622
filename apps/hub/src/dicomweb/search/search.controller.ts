/** GET /dicomweb/{called AE}/studies, series and instances: QIDO-RS (PS3.18 10.6). */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { HubError } from '@modelbank/contracts';
import type { CalledAe } from '@modelbank/contracts';
import { RequirePermission, Scope } from '../../access';
import type { CallerScope } from '../../access';
import { BaseUrl } from '../base-url';
import { CalledAePipe, UidPipe } from '../path-pipes';
import { DICOMWEB_ROUTE } from '../paths';
import { Search } from './search';
import type { SearchPlace } from './search';
import { parseSearchQuery } from './search-query';

interface Asked {
  readonly scope: CallerScope;
  readonly calledAe: CalledAe;
  readonly baseUrl: string;
  readonly request: Request;
  readonly response: Response;
}

const JSON_TYPES = ['application/dicom+json', 'application/json'];

@ApiExcludeController()
@Controller(DICOMWEB_ROUTE)
@RequirePermission('dicomweb:read')
export class SearchController {
  constructor(private readonly search: Search) {}

  @Get(['studies', 'series', 'instances'])
  async everywhere(
    @Scope() scope: CallerScope,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @BaseUrl() baseUrl: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const level = request.path.endsWith('/studies')
      ? 'study'
      : request.path.endsWith('/series')
        ? 'series'
        : 'instance';
    await this.answer({ scope, calledAe, baseUrl, request, response }, { level });
  }

  @Get(['studies/:study/series', 'studies/:study/instances'])
  async inStudy(
    @Scope() scope: CallerScope,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Param('study', UidPipe) study: string,
    @BaseUrl() baseUrl: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const level = request.path.endsWith('/series') ? 'series' : 'instance';
    await this.answer({ scope, calledAe, baseUrl, request, response }, { level, study });
  }

  @Get('studies/:study/series/:series/instances')
  async inSeries(
    @Scope() scope: CallerScope,
    @Param('calledAe', CalledAePipe) calledAe: CalledAe,
    @Param('study', UidPipe) study: string,
    @Param('series', UidPipe) series: string,
    @BaseUrl() baseUrl: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer({ scope, calledAe, baseUrl, request, response }, { level: 'instance', study, series });
  }

  private async answer({ scope, calledAe, baseUrl, request, response }: Asked, place: SearchPlace): Promise<void> {
    const type = request.accepts(JSON_TYPES);
    if (type === false) throw new HubError('NOT_ACCEPTABLE', 'the answer to a search is application/dicom+json');
    const query = parseSearchQuery(new URL(request.url, 'https://hub').search.slice(1), place.level);
    const { items, warnings } = await this.search.run(scope, place, query, { baseUrl, calledAe });
    if (warnings.length > 0)
      response.setHeader('Warning', warnings.map((text) => `299 modelbank "${text}"`).join(', '));
    response.setHeader('Cache-Control', 'private, no-store');
    response.status(200).type(JSON_TYPES[0]).send(JSON.stringify(items));
  }
}
