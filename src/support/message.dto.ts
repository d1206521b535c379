import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { messageIdExample, timeExample, userIdExample } from '../http/openapi.examples.js';
import { PageInfo, type Page } from '../http/page.js';
import { messageStatuses, type Message } from './message.entity.js';

export class MessageAnswer {
  @ApiProperty({ example: messageIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ['inbound', 'outbound'], example: 'inbound' })
  direction: Message['direction'];

  @ApiProperty({ enum: ['contact', 'automation', 'member'], example: 'contact' })
  author: Message['author'];

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: userIdExample })
  authorId: string | null;

  @ApiProperty({
    example: 'text',
    description: 'The vendor’s word: `text`, `image`, `interactive.button_reply`, …',
  })
  type: string;

  @ApiProperty({ type: String, nullable: true, example: 'Where is my order #1001?' })
  text: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: null,
    description: 'What a message that is not only text holds, as the vendor wrote it',
  })
  content: object | null;

  @ApiProperty({
    enum: messageStatuses,
    example: 'received',
    description: '`unknown`: nobody can say whether it arrived; a report of the vendor may still settle it',
  })
  status: Message['status'];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it failed, in a code' })
  failure: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  occurredAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class MessagesPage implements Page<MessageAnswer> {
  @ApiProperty({ type: [MessageAnswer] })
  data: MessageAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** What WhatsApp takes in one text (Cloud API, Messages → Text). */
export const longestText = 4_096;

export class Reply {
  @ApiProperty({ example: 'It left this morning.', maxLength: longestText })
  @IsString()
  @Length(1, longestText)
  @Matches(/\S/, { message: 'text must not be blank' })
  text: string;
}
