import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { Idempotent } from '../http/idempotency.js';
import { IdPipe } from '../http/input.pipe.js';
import { memberIdExample } from '../http/openapi.examples.js';
import { Conditional, IfMatch, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { MemberAnswer, MembersPage, MembersQuery, UpdateMember } from './member.dto.js';
import { MembersService } from './members.service.js';

@ApiTags('Members')
@Controller('v1/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Access('organization', 'members:read')
  @ApiOperation({ summary: 'The members of your organization, the first to join first' })
  @ApiOkResponse({ type: MembersPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: MembersQuery): Promise<MembersPage> {
    return this.members.list(query);
  }

  @Patch(':id')
  @Access('organization', 'members:update')
  @Idempotent()
  @Conditional()
  @ApiOperation({
    summary: 'Change a member’s role, remove or readmit one',
    description: 'Takes effect with the member’s next request.',
  })
  @ApiParam({ name: 'id', example: memberIdExample })
  @ApiOkResponse({ type: MemberAnswer })
  @ApiProblems('validation-failed', 'not-found', 'last-owner')
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() change: UpdateMember,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<MemberAnswer> {
    return this.members.update(actor, id, change, expected);
  }
}
