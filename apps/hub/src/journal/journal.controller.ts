/** GET /api/v1/journal: who did what, and what the hub refused or held; newest first. */
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { LessThan } from 'typeorm';
import { READ_STORE } from '@modelbank/contracts';
import { JournalEntryEntity, onlyGiven } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { CentreField, DEFAULT_ROWS, LimitField, RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';

export class JournalQuery {
  @CentreField()
  centre?: string;

  @ApiPropertyOptional({ example: 'association.rejected' })
  @IsOptional()
  @Matches(/^[A-Za-z]{1,32}\.[A-Za-z]{1,31}$/, { message: 'kind must be noun.verb' })
  kind?: string;

  @ApiPropertyOptional({ description: 'id of the thing that the entries are about' })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: 'subject must be an id' })
  subject?: string;

  @ApiPropertyOptional({ description: 'entries older than this one: the id of the last entry of the page before' })
  @IsOptional()
  @IsUUID()
  before?: string;

  @LimitField()
  limit?: number;
}

export class JournalEntryView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, format: 'date-time' }) at!: Date;
  @ApiProperty() kind!: string;
  @ApiProperty({ type: String, nullable: true }) centreId!: string | null;
  @ApiProperty() actor!: string;
  @ApiProperty({ type: String, nullable: true }) subjectId!: string | null;
  @ApiProperty() text!: string;
  @ApiProperty({ type: Object, nullable: true }) details!: Record<string, unknown> | null;
}

@ApiTags('journal')
@Controller('api/v1/journal')
export class JournalController {
  constructor(@Inject(READ_STORE) private readonly readStore: ReadStore) {}

  @Get()
  @RequirePermission('journal:read')
  @ApiOkResponse({ type: [JournalEntryView] })
  async list(@Query() query: JournalQuery, @Scope() scope: CallerScope): Promise<JournalEntryView[]> {
    const { centre, kind, subject, before } = query;
    return this.readStore.manager.find(JournalEntryEntity, {
      where: {
        ...onlyGiven({ kind, subjectId: subject, id: before === undefined ? undefined : LessThan(before) }),
        ...ofCentres(scope, centre),
      },
      order: { id: 'DESC' },
      take: query.limit ?? DEFAULT_ROWS,
    });
  }
}
