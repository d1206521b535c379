import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import {
  conversationIdExample,
  draftIdExample,
  messageIdExample,
  templateIdExample,
  timeExample,
  userIdExample,
} from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';
import { longestText } from '../support/message.dto.js';
import { draftStatuses, type Draft } from './draft.entity.js';

export class DraftsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: draftStatuses, example: 'open' })
  @IsOptional()
  @IsIn(draftStatuses)
  status?: Draft['status'];

  @ApiPropertyOptional({ example: conversationIdExample })
  @IsOptional()
  @IsUUID()
  conversationId?: string;
}

export class DraftAnswer {
  @ApiProperty({ example: draftIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: conversationIdExample, format: 'uuid' })
  conversationId: string;

  @ApiProperty({ example: messageIdExample, format: 'uuid', description: 'The message it answers' })
  answersId: string;

  @ApiProperty({ example: 'Your order #1001 is on its way.' })
  text: string;

  @ApiProperty({ example: false, description: 'A person changed it' })
  edited: boolean;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: templateIdExample })
  templateId: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 2 })
  templateNumber: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { orderName: '#1001', identity: { kind: 'phone' } },
    description: 'How it is known that the order is the writer’s; null when it says nothing of an order',
  })
  orderMatch: object | null;

  @ApiProperty({
    enum: draftStatuses,
    example: 'open',
    description: '`void`: the contact has written again since',
  })
  status: Draft['status'];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it was rejected or is void' })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: userIdExample })
  decidedBy: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: null, description: 'What it became' })
  messageId: string | null;

  @ApiProperty({ example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class DraftsPage implements Page<DraftAnswer> {
  @ApiProperty({ type: [DraftAnswer] })
  data: DraftAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class EditDraft {
  @ApiProperty({ example: 'Your order #1001 is on its way, dear Ada.', maxLength: longestText })
  @IsString()
  @Length(1, longestText)
  @Matches(/\S/, { message: 'text must not be blank' })
  text: string;
}

export class RejectDraft {
  @ApiPropertyOptional({ example: 'We call them instead', maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}
