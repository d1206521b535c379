import { ApiProperty } from '@nestjs/swagger';
import {
  conversationIdExample,
  decisionIdExample,
  draftIdExample,
  messageIdExample,
  timeExample,
  userIdExample,
} from '../http/openapi.examples.js';
import { PageInfo, type Page } from '../http/page.js';

class CheckAnswer {
  @ApiProperty({ example: 'kill-switch' })
  check: string;

  @ApiProperty({ enum: ['passed', 'failed', 'skipped'], example: 'passed' })
  outcome: string;

  @ApiProperty({ example: 'ok' })
  reason: string;

  @ApiProperty({ example: '', description: 'For a person to read' })
  detail: string;
}

export class DecisionAnswer {
  @ApiProperty({ example: decisionIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: conversationIdExample, format: 'uuid' })
  conversationId: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: messageIdExample,
    description: 'The contact’s message',
  })
  answersId: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: draftIdExample })
  draftId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: null,
    description: 'The message that was to leave',
  })
  messageId: string | null;

  @ApiProperty({ enum: ['automation', 'member'], example: 'automation' })
  author: 'automation' | 'member';

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: userIdExample })
  authorId: string | null;

  @ApiProperty({
    enum: ['send', 'hold', 'refuse'],
    example: 'hold',
    description: '`hold`: a person may approve; `refuse`: nobody may',
  })
  verdict: 'send' | 'hold' | 'refuse';

  @ApiProperty({ example: 'safe-mode', description: 'Of the check that decided; `ok` when all passed' })
  reason: string;

  @ApiProperty({ type: [CheckAnswer], description: 'Every check, in the order they were made' })
  checks: CheckAnswer[];

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { intent: 'order-status', tier: 2 },
    description: 'What it was decided on',
  })
  context: object;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;
}

export class DecisionsPage implements Page<DecisionAnswer> {
  @ApiProperty({ type: [DecisionAnswer] })
  data: DecisionAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
