/** `/api/v1/persons`: local accounts, for people where no identity provider is configured. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { READ_STORE } from '@modelbank/contracts';
import { PersonEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { Actor, RequirePermission } from '../require-permission';
import { AddPersonDto, AddedPersonView, PersonView, viewPerson } from './person.dto';
import { PersonRegister } from './person-register';

const MOST_PERSONS = 1000;

@ApiTags('persons')
@Controller('api/v1/persons')
export class PersonsController {
  constructor(
    private readonly register: PersonRegister,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
  ) {}

  @Get()
  @RequirePermission('persons:read')
  @ApiOkResponse({ type: [PersonView] })
  async list(): Promise<PersonView[]> {
    const rows = await this.readStore.manager.find(PersonEntity, { order: { id: 'ASC' }, take: MOST_PERSONS });
    return rows.map(viewPerson);
  }

  @Post()
  @RequirePermission('persons:write')
  async add(@Body() body: AddPersonDto, @Actor() actor: string): Promise<AddedPersonView> {
    const token = await this.register.add(actor, body);
    const person = await this.readStore.manager.findOneByOrFail(PersonEntity, { id: body.id });
    return { ...viewPerson(person), token };
  }

  @Post(':id/revoke')
  @HttpCode(204)
  @RequirePermission('persons:write')
  async revoke(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    await this.register.revoke(actor, id);
  }
}
