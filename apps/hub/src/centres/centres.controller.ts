/** `/api/v1/centres`: enrol centres and what binds them to the network. */
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HubError, READ_STORE } from '@modelbank/contracts';
import {
  CallingAeEntity,
  CentreCertificateEntity,
  CentreEntity,
  DestinationEntity,
  LegalEntityEntity,
} from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, RequirePermission } from '../access';
import { AddCallingAeDto, AddCentreDto, AddCertificateDto, AddDestinationDto, LegalEntityDto } from './centre.dto';
import { CentreRegister } from './centre-register';
import { EchoDestination } from './echo-destination';
import {
  CentreSummary,
  CentreView,
  CertificateView,
  DestinationView,
  viewCallingAe,
  viewCentre,
  viewCertificate,
  viewDestination,
  viewLegalEntity,
} from './centre-views';

@ApiTags('centres')
@Controller('api/v1/centres')
export class CentresController {
  constructor(
    private readonly register: CentreRegister,
    private readonly echoes: EchoDestination,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  @Get()
  @RequirePermission('centres:read')
  @ApiOkResponse({ type: [CentreSummary] })
  async list(): Promise<CentreSummary[]> {
    return (await this.readStore.manager.find(CentreEntity, { order: { id: 'ASC' } })).map(viewCentre);
  }

  @Post()
  @RequirePermission('centres:write')
  async add(@Body() body: AddCentreDto, @Actor() actor: string): Promise<CentreView> {
    await this.register.addCentre(actor, body);
    return this.show(body.id);
  }

  @Get(':id')
  @RequirePermission('centres:read')
  async show(@Param('id') id: string): Promise<CentreView> {
    const { manager } = this.readStore;
    const centre = await manager.findOneBy(CentreEntity, { id });
    if (centre === null)
      throw new HubError('NOT_FOUND', 'there is no such centre', { advice: 'List them: modelbank centre list' });
    const where = { centreId: id };
    return {
      ...viewCentre(centre),
      legalEntities: (await manager.find(LegalEntityEntity, { where, order: { validFrom: 'ASC' } })).map(
        viewLegalEntity,
      ),
      callingAes: (await manager.find(CallingAeEntity, { where, order: { aeTitle: 'ASC' } })).map(viewCallingAe),
      certificates: await this.certificates(id),
      destinations: await this.destinations(id),
    };
  }

  @Post(':id/legal-entities')
  @RequirePermission('centres:write')
  async addLegalEntity(
    @Param('id') id: string,
    @Body() body: LegalEntityDto,
    @Actor() actor: string,
  ): Promise<CentreView> {
    await this.register.addLegalEntity(actor, id, body);
    return this.show(id);
  }

  @Post(':id/calling-aes')
  @RequirePermission('centres:write')
  async addCallingAe(
    @Param('id') id: string,
    @Body() body: AddCallingAeDto,
    @Actor() actor: string,
  ): Promise<CentreView> {
    await this.register.addCallingAe(actor, id, body);
    return this.show(id);
  }

  @Delete(':id/calling-aes/:aeTitle')
  @HttpCode(204)
  @RequirePermission('centres:write')
  async removeCallingAe(
    @Param('id') id: string,
    @Param('aeTitle') aeTitle: string,
    @Actor() actor: string,
  ): Promise<void> {
    await this.register.removeCallingAe(actor, id, aeTitle);
  }

  @Get(':id/certificates')
  @RequirePermission('centres:read')
  async certificates(@Param('id') centreId: string): Promise<CertificateView[]> {
    const rows = await this.readStore.manager.find(CentreCertificateEntity, {
      where: { centreId },
      order: { enrolledAt: 'ASC', id: 'ASC' },
    });
    return rows.map(viewCertificate);
  }

  @Post(':id/certificates')
  @RequirePermission('centres:write')
  async addCertificate(
    @Param('id') id: string,
    @Body() body: AddCertificateDto,
    @Actor() actor: string,
  ): Promise<CertificateView> {
    const fingerprintSha256 = await this.register.addCertificate(actor, id, body.pem);
    return viewCertificate(
      await this.readStore.manager.findOneByOrFail(CentreCertificateEntity, { fingerprintSha256 }),
    );
  }

  @Post(':id/certificates/:fingerprint/revoke')
  @HttpCode(204)
  @RequirePermission('centres:write')
  async revokeCertificate(
    @Param('id') id: string,
    @Param('fingerprint') fingerprint: string,
    @Actor() actor: string,
  ): Promise<void> {
    await this.register.revokeCertificate(actor, id, fingerprint);
  }

  @Get(':id/destinations')
  @RequirePermission('centres:read')
  async destinations(@Param('id') centreId: string): Promise<DestinationView[]> {
    const rows = await this.readStore.manager.find(DestinationEntity, { where: { centreId }, order: { id: 'ASC' } });
    return rows.map(viewDestination);
  }

  @Post(':id/destinations')
  @RequirePermission('centres:write')
  async addDestination(
    @Param('id') id: string,
    @Body() body: AddDestinationDto,
    @Actor() actor: string,
  ): Promise<DestinationView> {
    const destinationId = await this.register.addDestination(actor, id, body);
    return viewDestination(await this.readStore.manager.findOneByOrFail(DestinationEntity, { id: destinationId }));
  }

  @Delete(':id/destinations/:destinationId')
  @HttpCode(204)
  @RequirePermission('centres:write')
  async removeDestination(
    @Param('id') id: string,
    @Param('destinationId') destinationId: string,
    @Actor() actor: string,
  ): Promise<void> {
    await this.register.removeDestination(actor, id, destinationId);
  }

  /** 204 when the receiver answered; else a problem that says what it did instead. */
  @Post(':id/destinations/:destinationId/echo')
  @HttpCode(204)
  @RequirePermission('centres:write')
  async echo(@Param('id') id: string, @Param('destinationId') destinationId: string): Promise<void> {
    await this.echoes.echo(id, destinationId);
  }
}
