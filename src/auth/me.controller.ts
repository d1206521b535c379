import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EntryDb } from '../database/entry-db.js';
import { userIdExample } from '../http/openapi.examples.js';
import { Access } from './access.decorator.js';
import { CurrentActor, type Actor } from './actor.js';
import { membershipsOf } from './memberships.js';
import { EnteredOrganization } from './session.dto.js';
import { User } from './user.entity.js';

class Me {
  @ApiProperty({ example: userIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'olivia@volt-motors.example' })
  email: string;

  @ApiProperty({ example: 'Olivia Ohm' })
  displayName: string;

  @ApiProperty({ type: EnteredOrganization, description: 'The organization this session is in' })
  organization: EnteredOrganization;

  @ApiProperty({ type: [EnteredOrganization], description: 'Every organization this user can switch to' })
  organizations: EnteredOrganization[];
}

@ApiTags('Me')
@Controller('v1/me')
export class MeController {
  constructor(private readonly entryDb: EntryDb) {}

  @Get()
  @Access('organization', 'session:use')
  @ApiOperation({ summary: 'Who you are, where you are, and where you may go' })
  @ApiOkResponse({ type: Me })
  async read(@CurrentActor() actor: Actor): Promise<Me> {
    return this.entryDb.runAs(actor, async (manager) => {
      const { id, email, displayName } = await manager.findOneByOrFail(User, { id: actor.userId });
      const organizations = (await membershipsOf(manager, id))
        .filter(({ organizationStatus }) => organizationStatus === 'active')
        .map(({ organizationId, slug, name, role }) => ({ id: organizationId, slug, name, role }));
      const organization = organizations.find((candidate) => candidate.id === actor.organizationId)!;
      return { id, email, displayName, organization, organizations };
    });
  }
}
