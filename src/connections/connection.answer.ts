import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { connectionIdExample, timeExample } from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';
import { connectionProblems, connectionStatuses, type Connection } from './connection.entity.js';
import { vendors, type Vendor } from './vendors.js';

export class MaskedCredentials {
  @ApiProperty({ example: '••••demo', description: 'The last characters; the rest is never answered' })
  hint: string;
}

export class ConnectionWebhook {
  @ApiProperty({
    type: String,
    nullable: true,
    example: '/webhooks/shopify/q83vEjRWeJCrze8SNFZ4kA',
    description: 'Where your vendor app posts; null when the platform’s app does',
  })
  path: string | null;

  @ApiProperty({ example: false, description: 'A rotation is under way: two secrets are valid' })
  previousSecretValid: boolean;
}

export class ConnectionAnswer {
  @ApiProperty({ example: connectionIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ enum: vendors, example: 'shopify' })
  provider: Vendor;

  @ApiProperty({ example: 'volt-motors-demo.myshopify.com' })
  account: string;

  @ApiProperty({ example: 'Main shop' })
  name: string;

  @ApiProperty({
    enum: connectionStatuses,
    example: 'verified',
    description: 'Only a verified connection receives events',
  })
  status: Connection['status'];

  @ApiProperty({
    enum: connectionProblems,
    nullable: true,
    example: null,
    description: 'Why it is not verified',
  })
  problem: Connection['problem'];

  @ApiProperty({ type: MaskedCredentials })
  credentials: MaskedCredentials;

  @ApiProperty({ type: ConnectionWebhook })
  webhook: ConnectionWebhook;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: timeExample })
  verifiedAt: string | null;

  @ApiProperty({ example: 1, description: 'Also sent as ETag' })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class ConnectionsPage implements Page<ConnectionAnswer> {
  @ApiProperty({ type: [ConnectionAnswer] })
  data: ConnectionAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class ConnectionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: vendors, example: 'shopify' })
  @IsOptional()
  @IsIn(vendors)
  provider?: Vendor;
}
