import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { IdPipe } from '../http/input.pipe.js';
import { contactIdExample } from '../http/openapi.examples.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { ContactAnswer, ContactsPage, ContactsQuery } from './contact.dto.js';
import { ContactsService } from './contacts.service.js';

@ApiTags('Contacts')
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @Access('organization', 'contacts:read')
  @ApiOperation({ summary: 'Who wrote to you, the first to write first' })
  @ApiOkResponse({ type: ContactsPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: ContactsQuery): Promise<ContactsPage> {
    return this.contacts.list(query);
  }

  @Get(':id')
  @Access('organization', 'contacts:read')
  @ApiOperation({ summary: 'One contact' })
  @ApiParam({ name: 'id', example: contactIdExample })
  @ApiOkResponse({ type: ContactAnswer })
  @ApiProblems('not-found')
  async read(@Param('id', IdPipe) id: string): Promise<ContactAnswer> {
    return this.contacts.read(id);
  }
}
