import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { Idempotent } from '../http/idempotency.js';
import { IdPipe } from '../http/input.pipe.js';
import { draftIdExample } from '../http/openapi.examples.js';
import { Conditional, IfMatch, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { DraftAnswer, DraftsPage, DraftsQuery, EditDraft, RejectDraft } from './draft.dto.js';
import { DraftsService } from './drafts.service.js';

@ApiTags('Drafts')
@Controller('v1/drafts')
export class DraftsController {
  constructor(private readonly drafts: DraftsService) {}

  @Get()
  @Access('organization', 'drafts:read')
  @ApiOperation({ summary: 'Answers that were drafted, the newest first' })
  @ApiOkResponse({ type: DraftsPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: DraftsQuery): Promise<DraftsPage> {
    return this.drafts.list(query);
  }

  @Patch(':id')
  @Access('organization', 'drafts:decide')
  @Idempotent()
  @Conditional()
  @ApiOperation({ summary: 'Change the words of a draft before you approve it' })
  @ApiParam({ name: 'id', example: draftIdExample })
  @ApiOkResponse({ type: DraftAnswer })
  @ApiProblems('validation-failed', 'not-found', 'draft-stale', 'draft-closed')
  async edit(
    @Param('id', IdPipe) id: string,
    @Body() change: EditDraft,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<DraftAnswer> {
    return this.drafts.edit(id, change, expected);
  }

  @Post(':id/approval')
  @Access('organization', 'drafts:decide')
  @HttpCode(200)
  @Idempotent()
  @Conditional()
  @ApiOperation({
    summary: 'Send a draft as your own message',
    description: 'Refused with `draft-stale` when the contact has written again since.',
  })
  @ApiParam({ name: 'id', example: draftIdExample })
  @ApiOkResponse({ type: DraftAnswer })
  @ApiProblems('not-found', 'draft-stale', 'draft-closed')
  async approve(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<DraftAnswer> {
    return this.drafts.approve(actor, id, expected);
  }

  @Post(':id/rejection')
  @Access('organization', 'drafts:decide')
  @HttpCode(200)
  @Idempotent()
  @Conditional()
  @ApiOperation({ summary: 'Discard a draft' })
  @ApiParam({ name: 'id', example: draftIdExample })
  @ApiOkResponse({ type: DraftAnswer })
  @ApiProblems('validation-failed', 'not-found', 'draft-stale', 'draft-closed')
  async reject(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() rejection: RejectDraft,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<DraftAnswer> {
    return this.drafts.reject(actor, id, rejection, expected);
  }
}
