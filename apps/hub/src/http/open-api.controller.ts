/** GET /api/v1/openapi.json: the description of the API, made once from the controllers; it tells nothing about data. */
import { Controller, Get, Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { ApiExcludeController, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { HubError } from '@modelbank/contracts';
import { Public } from '../access';

@Injectable()
export class OpenApiDocument {
  private document: OpenAPIObject | undefined;

  describe(app: INestApplication, version: string): void {
    const description = new DocumentBuilder()
      .setTitle('Modelbank')
      .setDescription('Failures are RFC 9457 problems (application/problem+json) with a code of a closed list.')
      .setVersion(version)
      .addBearerAuth()
      .build();
    this.document = SwaggerModule.createDocument(app, description);
  }

  read(): OpenAPIObject {
    if (this.document === undefined) throw new HubError('INTERNAL', 'the API was not described at start-up');
    return this.document;
  }
}

@ApiExcludeController()
@Controller('api/v1/openapi.json')
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get()
  @Public()
  describe(): OpenAPIObject {
    return this.document.read();
  }
}
