import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { CurrentActor, type Actor } from '../auth/actor.js';
import { IdPipe } from '../http/input.pipe.js';
import { connectionIdExample } from '../http/openapi.examples.js';
import { Conditional, IfMatch, Versioned, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { ConnectionAnswer, ConnectionsPage, ConnectionsQuery } from './connection.answer.js';
import { CreateConnection, UpdateConnection } from './connection.dto.js';
import { ConnectionsService } from './connections.service.js';

@ApiTags('Connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Get()
  @Access('organization', 'connections:read')
  @ApiOperation({ summary: 'Your vendor accounts, the oldest connection first' })
  @ApiOkResponse({ type: ConnectionsPage })
  @ApiProblems('validation-failed', 'cursor-invalid')
  async list(@Query() query: ConnectionsQuery): Promise<ConnectionsPage> {
    return this.connections.list(query);
  }

  // Not retried by Idempotency-Key, whose transaction would hold open while the vendor is asked; an account can be
  // connected only once, so a retry is told `connection-exists`.
  @Post()
  @Access('organization', 'connections:manage')
  @Versioned()
  @ApiOperation({
    summary: 'Connect a vendor account',
    description:
      'Asks the vendor whose account the credentials open. The answer says whether the connection is verified, and if not, why. Secrets are never answered.',
  })
  @ApiCreatedResponse({ type: ConnectionAnswer })
  @ApiProblems('validation-failed', 'connection-exists', 'no-platform-app')
  async create(@CurrentActor() actor: Actor, @Body() input: CreateConnection): Promise<ConnectionAnswer> {
    return this.connections.create(actor.organizationId, input);
  }

  @Patch(':id')
  @Access('organization', 'connections:manage')
  @Conditional()
  @ApiOperation({
    summary: 'Rename, disable or enable a connection, renew its credentials, rotate its webhook secret',
    description:
      'New credentials are kept only if they open the account. A new webhook secret is valid beside the one before until that is forgotten.',
  })
  @ApiParam({ name: 'id', example: connectionIdExample })
  @ApiOkResponse({ type: ConnectionAnswer })
  @ApiProblems(
    'validation-failed',
    'not-found',
    'account-taken',
    'credentials-refused',
    'account-mismatch',
    'account-not-listed',
    'vendor-unavailable',
  )
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() change: UpdateConnection,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<ConnectionAnswer> {
    return this.connections.update(actor.organizationId, id, change, expected);
  }
}
