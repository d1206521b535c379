import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { vendors, type Vendor } from './vendors.js';

const trimmed = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value);
const visible = /^[\x21-\x7e]+$/;
const visibleWords = { message: '$property must be visible ASCII characters without spaces' };

/** One of `accessToken` (Shopify, WhatsApp), `clientId` with `clientSecret` (Shopify), `apiKey` (Richpanel). */
export class Credentials {
  @ApiPropertyOptional({ example: 'shpat_mock_volt-motors-demo', writeOnly: true })
  @IsOptional()
  @IsString()
  @Length(8, 4096)
  @Matches(visible, visibleWords)
  accessToken?: string;

  @ApiPropertyOptional({ example: '8f14e45fceea167a5a36dedd4bea2543', writeOnly: true })
  @IsOptional()
  @IsString()
  @Length(8, 255)
  @Matches(visible, visibleWords)
  clientId?: string;

  @ApiPropertyOptional({ example: 'shpat_mock_volt-motors-demo', writeOnly: true })
  @IsOptional()
  @IsString()
  @Length(8, 4096)
  @Matches(visible, visibleWords)
  clientSecret?: string;

  @ApiPropertyOptional({ example: 'rp_mock_volt-motors-demo', writeOnly: true })
  @IsOptional()
  @IsString()
  @Length(8, 4096)
  @Matches(visible, visibleWords)
  apiKey?: string;
}

export class WebhookSecrets {
  @ApiProperty({
    example: 'f4a0c1de97b24a55a3c2e3b0c9d1e8f7',
    minLength: 16,
    writeOnly: true,
    description:
      'Shopify: the app’s client secret. WhatsApp: the app secret. Richpanel: what your HTTP target sends as X-Webhook-Secret, at least 32 characters',
  })
  @IsString()
  @Length(16, 512)
  @Matches(visible, visibleWords)
  secret: string;

  @ApiPropertyOptional({ minLength: 16, writeOnly: true, description: 'WhatsApp only: `hub.verify_token`' })
  @IsOptional()
  @IsString()
  @Length(16, 255)
  @Matches(visible, visibleWords)
  verifyToken?: string;
}

export class CreateConnection {
  @ApiProperty({ enum: vendors, example: 'shopify' })
  @IsIn(vendors)
  provider: Vendor;

  @ApiProperty({
    example: 'volt-motors-demo.myshopify.com',
    description: 'Shop domain, WhatsApp phone number id, or Richpanel workspace',
  })
  @Transform(trimmed)
  @IsString()
  @Length(1, 255)
  account: string;

  @ApiProperty({ example: 'Main shop', minLength: 1, maxLength: 200 })
  @Transform(trimmed)
  @IsString()
  @Length(1, 200)
  name: string;

  @ApiProperty({ type: Credentials, example: { accessToken: 'shpat_mock_volt-motors-demo' } })
  @ValidateNested()
  @Type(() => Credentials)
  @IsObject()
  credentials: Credentials;

  @ApiPropertyOptional({
    type: WebhookSecrets,
    example: { secret: 'f4a0c1de97b24a55a3c2e3b0c9d1e8f7' },
    description: 'For a vendor app of your own. Left out: the platform’s app, where there is one',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => WebhookSecrets)
  @IsObject()
  webhook?: WebhookSecrets;
}

export class UpdateWebhookSecrets {
  @ApiPropertyOptional({
    example: 'b7e2c9a04d5f4f0c9d1a3e6b8c7f2d10',
    minLength: 16,
    writeOnly: true,
    description: 'The new secret; the one before stays valid beside it until you forget it',
  })
  @IsOptional()
  @IsString()
  @Length(16, 512)
  @Matches(visible, visibleWords)
  secret?: string;

  @ApiPropertyOptional({
    example: 'a-token-of-your-own-choice',
    minLength: 16,
    writeOnly: true,
    description: 'WhatsApp only',
  })
  @IsOptional()
  @IsString()
  @Length(16, 255)
  @Matches(visible, visibleWords)
  verifyToken?: string;

  @ApiPropertyOptional({
    example: true,
    description: 'Ends the rotation: only the newest secret stays valid',
  })
  @IsOptional()
  @IsBoolean()
  forgetPreviousSecret?: boolean;
}

export class UpdateConnection {
  @ApiPropertyOptional({ example: 'Main shop', minLength: 1, maxLength: 200 })
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({
    enum: ['enabled', 'disabled'],
    example: 'enabled',
    description: '`enabled` asks the vendor again, with the new credentials or those that are kept',
  })
  @IsOptional()
  @IsIn(['enabled', 'disabled'])
  status?: 'enabled' | 'disabled';

  @ApiPropertyOptional({
    type: Credentials,
    example: { accessToken: 'shpat_mock_volt-motors-demo' },
    description: 'Kept only if they open the account',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => Credentials)
  @IsObject()
  credentials?: Credentials;

  @ApiPropertyOptional({
    type: UpdateWebhookSecrets,
    example: { secret: 'b7e2c9a04d5f4f0c9d1a3e6b8c7f2d10' },
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => UpdateWebhookSecrets)
  @IsObject()
  webhook?: UpdateWebhookSecrets;
}
