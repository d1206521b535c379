import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { IdPipe } from '../http/input.pipe.js';
import { conversationIdExample } from '../http/openapi.examples.js';
import { PageQuery } from '../http/page.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { DecisionsPage } from './decision.dto.js';
import { DecisionsService } from './decisions.service.js';

@ApiTags('Conversations')
@Controller('v1/conversations/:id/decisions')
export class DecisionsController {
  constructor(private readonly decisions: DecisionsService) {}

  @Get()
  @Access('organization', 'conversations:read')
  @ApiOperation({ summary: 'Why something was sent, held or refused, the newest first' })
  @ApiParam({ name: 'id', example: conversationIdExample })
  @ApiOkResponse({ type: DecisionsPage })
  @ApiProblems('validation-failed', 'cursor-invalid', 'not-found')
  async list(@Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<DecisionsPage> {
    return this.decisions.list(id, query);
  }
}
