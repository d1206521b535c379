import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { IdPipe } from '../http/input.pipe.js';
import { eventIdExample } from '../http/openapi.examples.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { WebhookEventAnswer, WebhookEventsPage, WebhookEventsQuery } from './webhook-event.dto.js';
import { WebhookEventsService } from './webhook-events.service.js';

@ApiTags('Webhook events')
@Controller('v1/webhook-events')
export class WebhookEventsController {
  constructor(private readonly events: WebhookEventsService) {}

  @Get()
  @Access('organization', 'webhook-events:read')
  @ApiOperation({ summary: 'What your vendors reported, the newest first' })
  @ApiOkResponse({ type: WebhookEventsPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: WebhookEventsQuery): Promise<WebhookEventsPage> {
    return this.events.list(query);
  }

  @Get(':id')
  @Access('organization', 'webhook-events:read')
  @ApiOperation({ summary: 'One event with its payload' })
  @ApiParam({ name: 'id', example: eventIdExample })
  @ApiOkResponse({ type: WebhookEventAnswer })
  @ApiProblems('not-found')
  async read(@Param('id', IdPipe) id: string): Promise<WebhookEventAnswer> {
    return this.events.read(id);
  }
}
