import { Transform } from 'class-transformer';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsUUID,
  Matches,
  ValidateIf,
} from 'class-validator';
import {
  connectionIdExample,
  contactIdExample,
  conversationIdExample,
  memberIdExample,
  timeExample,
} from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';
import { channels, conversationStatuses, tagForm, type Conversation } from './conversation.entity.js';

export class ConversationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: conversationStatuses, example: 'open' })
  @IsOptional()
  @IsIn(conversationStatuses)
  status?: Conversation['status'];

  @ApiPropertyOptional({ example: memberIdExample, description: 'A member’s id, or `none`' })
  @IsOptional()
  @ValidateIf(({ assigneeId }: ConversationsQuery) => assigneeId !== 'none')
  @IsUUID()
  assigneeId?: string;

  @ApiPropertyOptional({ example: contactIdExample })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ example: 'returns' })
  @IsOptional()
  @Matches(tagForm)
  tag?: string;
}

export class ConversationAnswer {
  @ApiProperty({ example: conversationIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: contactIdExample, format: 'uuid' })
  contactId: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ada' })
  contactName: string | null;

  @ApiProperty({ example: connectionIdExample, format: 'uuid' })
  connectionId: string;

  @ApiProperty({ enum: channels, example: 'whatsapp' })
  channel: Conversation['channel'];

  @ApiProperty({
    enum: conversationStatuses,
    example: 'open',
    description: '`pending`: waits for the contact',
  })
  status: Conversation['status'];

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: memberIdExample })
  assigneeId: string | null;

  @ApiProperty({ type: [String], example: ['delivery'] })
  tags: string[];

  @ApiProperty({ example: 1, description: 'How many messages the contact has written here' })
  inboundSeq: number;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: timeExample })
  lastInboundAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  lastMessageAt: string;

  @ApiProperty({ example: 2, description: 'The entity tag of this conversation is this number in quotes' })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class ConversationsPage implements Page<ConversationAnswer> {
  @ApiProperty({ type: [ConversationAnswer] })
  data: ConversationAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class UpdateConversation {
  @ApiPropertyOptional({ enum: conversationStatuses, example: 'resolved' })
  @ValidateIf(({ status }: UpdateConversation) => status !== undefined)
  @IsIn(conversationStatuses)
  status?: Conversation['status'];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    example: memberIdExample,
    description: 'An active member; null: nobody',
  })
  @ValidateIf(({ assigneeId }: UpdateConversation) => assigneeId !== undefined && assigneeId !== null)
  @IsUUID()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  assigneeId?: string | null;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 20,
    example: ['delivery'],
    description: 'All of them: what is left out is taken away. Letters, digits, spaces, `_.:-`, at most 40',
  })
  @ValidateIf(({ tags }: UpdateConversation) => tags !== undefined)
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(tagForm, { each: true })
  tags?: string[];
}
