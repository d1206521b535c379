import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  ValidateIf,
} from 'class-validator';
import { templateIdExample, timeExample } from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';
import { intents, type Intent } from './intent.js';
import { templateVariables } from './template-variables.js';

const languageForm = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/;
const bodyExample = 'Your order {{order.name}} is {{order.status}}: {{order.tracking_url}}';
const variableList = Object.keys(templateVariables).join(', ');

export class TemplatesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: intents, example: 'order-status' })
  @IsOptional()
  @IsIn(intents)
  intent?: Intent;
}

export class TemplateAnswer {
  @ApiProperty({ example: templateIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Where is my order' })
  name: string;

  @ApiProperty({ example: 'en', description: 'BCP 47' })
  language: string;

  @ApiProperty({ enum: intents, example: 'order-status', description: 'What it answers' })
  intent: Intent;

  @ApiProperty({ example: 2, description: 'Its newest version, which is the one shown' })
  number: number;

  @ApiProperty({ example: bodyExample })
  body: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 2,
    description:
      'The version that may leave by itself; an older one, or null, means that a person approves each draft',
  })
  approvedNumber: number | null;

  @ApiProperty({ example: true })
  enabled: boolean;

  @ApiProperty({ example: false, description: 'On the whitelist: may leave without a person' })
  listed: boolean;

  @ApiProperty({ example: 3 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class TemplatesPage implements Page<TemplateAnswer> {
  @ApiProperty({ type: [TemplateAnswer] })
  data: TemplateAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class CreateTemplate {
  @ApiProperty({ example: 'Where is my order' })
  @IsString()
  @Length(1, 80)
  @Matches(/\S/, { message: 'name must not be blank' })
  name: string;

  @ApiProperty({ example: 'en' })
  @Matches(languageForm)
  language: string;

  @ApiProperty({ enum: intents, example: 'order-status' })
  @IsIn(intents)
  intent: Intent;

  @ApiProperty({ example: bodyExample, description: `Variables: ${variableList}` })
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'body must not be blank' })
  body: string;
}

/** Null is a value, and not one of these. */
const isGiven = (_: object, value: unknown) => value !== undefined;

export class UpdateTemplate {
  @ApiPropertyOptional({
    example: 'Your order {{order.name}} is {{order.status}}. Follow it: {{order.tracking_url}}',
    description: 'Becomes a new version, which nobody has approved',
  })
  @ValidateIf(isGiven)
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'body must not be blank' })
  body?: string;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    example: 2,
    description: 'Approve the newest version by its number; null takes the approval back',
  })
  @ValidateIf(({ approvedNumber }: UpdateTemplate) => approvedNumber !== undefined && approvedNumber !== null)
  @IsInt()
  @Min(1)
  approvedNumber?: number | null;

  @ApiPropertyOptional({ example: true })
  @ValidateIf(isGiven)
  @IsBoolean()
  enabled?: boolean;

  @ApiPropertyOptional({ example: true })
  @ValidateIf(isGiven)
  @IsBoolean()
  listed?: boolean;
}
