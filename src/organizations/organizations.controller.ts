import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { Idempotent } from '../http/idempotency.js';
import { Conditional, IfMatch, Versioned, type ExpectedVersions } from '../http/precondition.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { OrganizationAnswer, UpdateOrganization } from './organization.dto.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organization')
@Controller('v1/organization')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @Access('organization', 'organization:read')
  @Versioned()
  @ApiOperation({ summary: 'The organization you are in' })
  @ApiOkResponse({ type: OrganizationAnswer })
  async read(): Promise<OrganizationAnswer> {
    return this.organizations.read();
  }

  @Patch()
  @Access('organization', 'organization:update')
  @Idempotent()
  @Conditional()
  @ApiOperation({ summary: 'Rename the organization' })
  @ApiOkResponse({ type: OrganizationAnswer })
  @ApiProblems('validation-failed')
  async update(
    @Body() change: UpdateOrganization,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<OrganizationAnswer> {
    return this.organizations.update(change, expected);
  }
}
