import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsInt, IsObject, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { memberIdExample, ruleIdExample, timeExample } from '../http/openapi.examples.js';
import { PageInfo, type Page } from '../http/page.js';
import type { RoutingActions, RoutingCondition } from './routing-rule.js';

const conditionsExample = [
  { type: 'intent', is: 'return' },
  { type: 'hours', from: '08:00', to: '18:00', timeZone: 'Europe/Berlin' },
];
const actionsExample = { assigneeId: memberIdExample, tags: ['returns'], status: 'open' };
const conditionsWords =
  'All must hold. `{type:"channel",is}`, `{type:"intent",is}`, `{type:"text",containsAny:[…]}`, `{type:"tag",has}`, `{type:"hours",from,to,timeZone}`, `{type:"contact",known}`';
const actionsWords = 'Any of `assigneeId` (a member), `tags` (added), `status` (open, pending, resolved)';
const isGiven = (_: object, value: unknown) => value !== undefined;

export class RoutingRuleAnswer {
  @ApiProperty({ example: ruleIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Returns to Nora' })
  name: string;

  @ApiProperty({ example: 10, description: 'The lowest is asked first' })
  place: number;

  @ApiProperty({ example: true })
  enabled: boolean;

  @ApiProperty({ type: [Object], example: conditionsExample, description: conditionsWords })
  conditions: readonly RoutingCondition[];

  @ApiProperty({ type: Object, example: actionsExample, description: actionsWords })
  actions: RoutingActions;

  @ApiProperty({ example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class RoutingRulesPage implements Page<RoutingRuleAnswer> {
  @ApiProperty({ type: [RoutingRuleAnswer] })
  data: RoutingRuleAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class CreateRoutingRule {
  @ApiProperty({ example: 'Returns to Nora' })
  @IsString()
  @Length(1, 80)
  name: string;

  @ApiProperty({ example: 10, minimum: 0, maximum: 10_000 })
  @IsInt()
  @Min(0)
  @Max(10_000)
  place: number;

  @ApiProperty({ type: [Object], example: conditionsExample, description: conditionsWords })
  @IsArray()
  conditions: object[];

  @ApiProperty({ type: Object, example: actionsExample, description: actionsWords })
  @IsObject()
  actions: object;
}

export class UpdateRoutingRule {
  @ApiPropertyOptional({ example: 'Returns to Nora' })
  @ValidateIf(isGiven)
  @IsString()
  @Length(1, 80)
  name?: string;

  @ApiPropertyOptional({ example: 10, minimum: 0, maximum: 10_000 })
  @ValidateIf(isGiven)
  @IsInt()
  @Min(0)
  @Max(10_000)
  place?: number;

  @ApiPropertyOptional({ example: true })
  @ValidateIf(isGiven)
  @IsBoolean()
  enabled?: boolean;

  @ApiPropertyOptional({ type: [Object], example: conditionsExample, description: conditionsWords })
  @ValidateIf(isGiven)
  @IsArray()
  conditions?: object[];

  @ApiPropertyOptional({ type: Object, example: actionsExample, description: actionsWords })
  @ValidateIf(isGiven)
  @IsObject()
  actions?: object;
}
