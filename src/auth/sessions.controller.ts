import { Body, Controller, Delete, HttpCode, Post, Put } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.openapi.js';
import { Access } from './access.decorator.js';
import { CurrentActor, type Actor } from './actor.js';
import {
  AccessAnswer,
  CreateSession,
  RefreshSession,
  SessionAnswer,
  SwitchOrganization,
} from './session.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post()
  @Access('public')
  @ApiOperation({ summary: 'Sign in' })
  @ApiCreatedResponse({ type: SessionAnswer })
  @ApiProblems('validation-failed', 'credentials-invalid', 'no-organization', 'organization-suspended')
  async create(@Body() body: CreateSession): Promise<SessionAnswer> {
    return this.sessions.signIn(body);
  }

  @Post('refresh')
  @HttpCode(200)
  @Access('public')
  @ApiOperation({
    summary: 'Exchange a refresh token for new tokens',
    description:
      'A refresh token is good once. Sent again within 10 seconds it answers the same tokens; sent later, the session ends, because somebody else has a copy.',
  })
  @ApiOkResponse({ type: SessionAnswer })
  @ApiProblems(
    'validation-failed',
    'refresh-token-invalid',
    'session-ended',
    'no-organization',
    'organization-suspended',
  )
  async refresh(@Body() { refreshToken }: RefreshSession): Promise<SessionAnswer> {
    return this.sessions.refresh(refreshToken);
  }

  @Delete('current')
  @HttpCode(204)
  @Access('organization', 'session:use')
  @ApiOperation({ summary: 'Sign out: access and refresh tokens of this session end at once' })
  @ApiNoContentResponse()
  async signOut(@CurrentActor() actor: Actor): Promise<void> {
    await this.sessions.signOut(actor);
  }

  @Put('current/organization')
  @Access('organization', 'session:use')
  @ApiOperation({
    summary: 'Enter another of your organizations',
    description:
      'Access tokens of the one before are stale at once; the new one lives as long as the one it replaces. Keep the refresh token.',
  })
  @ApiOkResponse({ type: AccessAnswer })
  @ApiProblems('validation-failed', 'not-found')
  async switchOrganization(
    @CurrentActor() actor: Actor,
    @Body() body: SwitchOrganization,
  ): Promise<AccessAnswer> {
    return this.sessions.switchOrganization(actor, body.organizationId);
  }
}
