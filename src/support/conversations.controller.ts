import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { Idempotent } from '../http/idempotency.js';
import { IdPipe } from '../http/input.pipe.js';
import { conversationIdExample } from '../http/openapi.examples.js';
import { PageQuery } from '../http/page.js';
import { Conditional, IfMatch, Versioned, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import {
  ConversationAnswer,
  ConversationsPage,
  ConversationsQuery,
  UpdateConversation,
} from './conversation.dto.js';
import { ConversationsService } from './conversations.service.js';
import { MessageAnswer, MessagesPage, Reply } from './message.dto.js';
import { MessagesService } from './messages.service.js';

@ApiTags('Conversations')
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly messages: MessagesService,
  ) {}

  @Get()
  @Access('organization', 'conversations:read')
  @ApiOperation({ summary: 'What shoppers talk about with you, the newest first' })
  @ApiOkResponse({ type: ConversationsPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: ConversationsQuery): Promise<ConversationsPage> {
    return this.conversations.list(query);
  }

  @Get(':id')
  @Access('organization', 'conversations:read')
  @Versioned()
  @ApiOperation({ summary: 'One conversation' })
  @ApiParam({ name: 'id', example: conversationIdExample })
  @ApiOkResponse({ type: ConversationAnswer })
  @ApiProblems('not-found')
  async read(@Param('id', IdPipe) id: string): Promise<ConversationAnswer> {
    return this.conversations.read(id);
  }

  @Patch(':id')
  @Access('organization', 'conversations:update')
  @Idempotent()
  @Conditional()
  @ApiOperation({
    summary: 'Assign, resolve or tag a conversation',
    description: 'A message of the contact opens a new conversation when this one is resolved.',
  })
  @ApiParam({ name: 'id', example: conversationIdExample })
  @ApiOkResponse({ type: ConversationAnswer })
  @ApiProblems('validation-failed', 'not-found')
  async update(
    @Param('id', IdPipe) id: string,
    @Body() change: UpdateConversation,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<ConversationAnswer> {
    return this.conversations.update(id, change, expected);
  }

  @Get(':id/messages')
  @Access('organization', 'conversations:read')
  @ApiOperation({ summary: 'What was said, the newest first' })
  @ApiParam({ name: 'id', example: conversationIdExample })
  @ApiOkResponse({ type: MessagesPage })
  @ApiProblems('validation-failed', 'cursor-invalid', 'not-found')
  async listMessages(@Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<MessagesPage> {
    return this.messages.list(id, query);
  }

  @Post(':id/messages')
  @Access('organization', 'messages:send')
  @Idempotent()
  @ApiOperation({
    summary: 'Reply as yourself',
    description:
      'Answered as `ready`; what became of it stands in its `status`. The send gate has the last word: a kill switch or a closed messaging window makes it `not-sent`, with the reason in `failure` and in the decisions of the conversation.',
  })
  @ApiParam({ name: 'id', example: conversationIdExample })
  @ApiCreatedResponse({ type: MessageAnswer })
  @ApiProblems('validation-failed', 'not-found')
  async reply(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() reply: Reply,
  ): Promise<MessageAnswer> {
    return this.messages.reply(actor, id, reply);
  }
}
