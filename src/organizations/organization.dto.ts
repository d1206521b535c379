import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { organizationIdExample, timeExample } from '../http/openapi.examples.js';
import { organizationKinds, organizationStatuses, type Organization } from './organization.entity.js';

export class OrganizationAnswer {
  @ApiProperty({ example: organizationIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'volt-motors-demo' })
  slug: string;

  @ApiProperty({ example: 'Volt Motors' })
  name: string;

  @ApiProperty({ enum: organizationKinds, example: 'demo' })
  kind: Organization['kind'];

  @ApiProperty({ enum: organizationStatuses, example: 'active' })
  status: Organization['status'];

  @ApiProperty({ example: 1, description: 'Also sent as ETag' })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class UpdateOrganization {
  @ApiProperty({ example: 'Volt Motors Europe', minLength: 1, maxLength: 200 })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @Length(1, 200)
  name: string;
}
