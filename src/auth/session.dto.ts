import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { organizationIdExample, userIdExample } from '../http/openapi.examples.js';
import { memberRoles, type MemberRole } from './permissions.js';

const lowerCase = ({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() : value;

export class CreateSession {
  @ApiProperty({ example: 'olivia@volt-motors.example', format: 'email' })
  @Transform(lowerCase)
  @IsEmail({ allow_utf8_local_part: false })
  email: string;

  @ApiProperty({ example: 'correct horse battery staple', format: 'password', maxLength: 1024 })
  @IsString()
  @Length(1, 1024)
  password: string;

  @ApiPropertyOptional({
    example: organizationIdExample,
    format: 'uuid',
    description: 'The organization to enter; by default the one joined first',
  })
  @IsOptional()
  @Transform(lowerCase)
  @IsUUID()
  organizationId?: string;
}

export class RefreshSession {
  @ApiProperty({ example: `bkr_${userIdExample}.1.2026a.kq3Zb1XzS0yG6kXn2mH0c1Yx5rT8uV9wA2bC4dE6fGh` })
  @IsString()
  @Matches(/^bkr_[\x21-\x7e]{1,200}$/, { message: 'refreshToken must be a refresh token' })
  refreshToken: string;
}

export class SwitchOrganization {
  @ApiProperty({ example: organizationIdExample, format: 'uuid' })
  @Transform(lowerCase)
  @IsUUID()
  organizationId: string;
}

export class EnteredOrganization {
  @ApiProperty({ example: organizationIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'volt-motors-demo' })
  slug: string;

  @ApiProperty({ example: 'Volt Motors' })
  name: string;

  @ApiProperty({ enum: memberRoles, example: 'owner' })
  role: MemberRole;
}

export class AccessAnswer {
  @ApiProperty({
    example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…',
    description: 'Send as Authorization: Bearer',
  })
  accessToken: string;

  @ApiProperty({ example: 'Bearer' })
  tokenType: 'Bearer';

  @ApiProperty({ example: 600, description: 'Seconds until the access token expires' })
  expiresIn: number;

  @ApiProperty({ type: EnteredOrganization })
  organization: EnteredOrganization;
}

export class SessionAnswer extends AccessAnswer {
  @ApiProperty({ example: `bkr_${userIdExample}.1.2026a.kq3Zb1XzS0yG6kXn2mH0c1Yx5rT8uV9wA2bC4dE6fGh` })
  refreshToken: string;
}
