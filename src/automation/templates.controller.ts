import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { Idempotent } from '../http/idempotency.js';
import { IdPipe } from '../http/input.pipe.js';
import { templateIdExample } from '../http/openapi.examples.js';
import { Conditional, IfMatch, Versioned, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import {
  CreateTemplate,
  TemplateAnswer,
  TemplatesPage,
  TemplatesQuery,
  UpdateTemplate,
} from './template.dto.js';
import { TemplatesService } from './templates.service.js';

@ApiTags('Templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(private readonly templates: TemplatesService) {}

  @Get()
  @Access('organization', 'templates:read')
  @ApiOperation({ summary: 'The words you answer with, each in its newest version' })
  @ApiOkResponse({ type: TemplatesPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: TemplatesQuery): Promise<TemplatesPage> {
    return this.templates.list(query);
  }

  @Post()
  @Access('organization', 'templates:manage')
  @Idempotent()
  @Versioned()
  @ApiOperation({
    summary: 'Write a template',
    description:
      'It drafts at once. Nothing leaves by itself until its version is approved and it is listed.',
  })
  @ApiCreatedResponse({ type: TemplateAnswer })
  @ApiProblems('validation-failed', 'template-exists')
  async create(@CurrentActor() actor: Actor, @Body() input: CreateTemplate): Promise<TemplateAnswer> {
    return this.templates.create(actor, input);
  }

  @Patch(':id')
  @Access('organization', 'templates:manage')
  @Idempotent()
  @Conditional()
  @ApiOperation({ summary: 'Rewrite, approve, list or switch off a template' })
  @ApiParam({ name: 'id', example: templateIdExample })
  @ApiOkResponse({ type: TemplateAnswer })
  @ApiProblems('validation-failed', 'not-found')
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() change: UpdateTemplate,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<TemplateAnswer> {
    return this.templates.update(actor, id, change, expected);
  }
}
