import { Transform } from 'class-transformer';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { contactIdExample, timeExample } from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';

export class ContactsQuery extends PageQuery {
  @ApiPropertyOptional({ example: '+447700900123', description: 'E.164, exactly' })
  @IsOptional()
  @IsString()
  @Length(6, 20)
  phone?: string;

  @ApiPropertyOptional({ example: 'ada@example.com', description: 'Exactly, but for case' })
  @IsOptional()
  @IsString()
  @Length(3, 320)
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  email?: string;
}

export class ContactAnswer {
  @ApiProperty({ example: contactIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ada', description: 'As they call themselves' })
  name: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+447700900123', description: 'E.164' })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'GB.13491208655302741918' })
  whatsappUserId: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ada@example.com' })
  email: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: null,
    description: 'They turned out to be this contact, who has their conversations now',
  })
  mergedIntoId: string | null;

  @ApiProperty({ example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class ContactsPage implements Page<ContactAnswer> {
  @ApiProperty({ type: [ContactAnswer] })
  data: ContactAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
