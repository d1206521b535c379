import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { vendors, type Vendor } from '../connections/vendors.js';
import { connectionIdExample, eventIdExample, timeExample } from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';

export class WebhookEventsQuery extends PageQuery {
  @ApiPropertyOptional({ example: connectionIdExample })
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  @ApiPropertyOptional({ example: 'orders/create' })
  @IsOptional()
  @IsString()
  @Length(1, 120)
  type?: string;
}

export class WebhookEventSummary {
  @ApiProperty({ example: eventIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: connectionIdExample, format: 'uuid' })
  connectionId: string;

  @ApiProperty({ enum: vendors, example: 'shopify' })
  provider: Vendor;

  @ApiProperty({
    example: 'orders/create',
    description: 'Shopify’s topic, `message.<type>`, `status.<status>`, `ticket.updated`, …',
  })
  type: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: timeExample,
    description: 'As the vendor says',
  })
  occurredAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  receivedAt: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: timeExample,
    description: 'null: waiting',
  })
  handledAt: string | null;
}

export class WebhookEventAnswer extends WebhookEventSummary {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { id: '820982911946154508', name: '#1001' },
    description: 'This event’s part of what the vendor sent; whole numbers beyond 2^53 are strings',
  })
  payload: object;
}

export class WebhookEventsPage implements Page<WebhookEventSummary> {
  @ApiProperty({ type: [WebhookEventSummary] })
  data: WebhookEventSummary[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
