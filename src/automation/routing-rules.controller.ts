import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { Idempotent } from '../http/idempotency.js';
import { IdPipe } from '../http/input.pipe.js';
import { ruleIdExample } from '../http/openapi.examples.js';
import { PageQuery } from '../http/page.js';
import { Conditional, IfMatch, Versioned, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import {
  CreateRoutingRule,
  RoutingRuleAnswer,
  RoutingRulesPage,
  UpdateRoutingRule,
} from './routing-rule.dto.js';
import { RoutingRulesService } from './routing-rules.service.js';

@ApiTags('Routing rules')
@Controller('v1/routing-rules')
export class RoutingRulesController {
  constructor(private readonly rules: RoutingRulesService) {}

  @Get()
  @Access('organization', 'routing-rules:read')
  @ApiOperation({ summary: 'Where conversations go, in the order the rules were made' })
  @ApiOkResponse({ type: RoutingRulesPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: PageQuery): Promise<RoutingRulesPage> {
    return this.rules.list(query);
  }

  @Post()
  @Access('organization', 'routing-rules:manage')
  @Idempotent()
  @Versioned()
  @ApiOperation({
    summary: 'Add a rule',
    description: 'The first enabled rule whose conditions all hold decides.',
  })
  @ApiCreatedResponse({ type: RoutingRuleAnswer })
  @ApiProblems('validation-failed')
  async create(@CurrentActor() actor: Actor, @Body() input: CreateRoutingRule): Promise<RoutingRuleAnswer> {
    return this.rules.create(actor, input);
  }

  @Patch(':id')
  @Access('organization', 'routing-rules:manage')
  @Idempotent()
  @Conditional()
  @ApiOperation({ summary: 'Change a rule, or switch it off' })
  @ApiParam({ name: 'id', example: ruleIdExample })
  @ApiOkResponse({ type: RoutingRuleAnswer })
  @ApiProblems('validation-failed', 'not-found')
  async update(
    @Param('id', IdPipe) id: string,
    @Body() change: UpdateRoutingRule,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<RoutingRuleAnswer> {
    return this.rules.update(id, change, expected);
  }
}
