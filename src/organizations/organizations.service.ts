import { Injectable } from '@nestjs/common';
import { TenantDb, type From } from '../database/tenant-db.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import type { OrganizationAnswer, UpdateOrganization } from './organization.dto.js';
import { Organization } from './organization.entity.js';

@Injectable()
export class OrganizationsService {
  constructor(private readonly tenantDb: TenantDb) {}

  async read(): Promise<OrganizationAnswer> {
    const [organization] = await this.tenantDb.read<OrganizationAnswer>(selectOrganization);
    if (!organization) throw new Problem('not-found');
    return organization;
  }

  async update(change: UpdateOrganization, expected: ExpectedVersions): Promise<OrganizationAnswer> {
    return this.tenantDb.run(async (manager) => {
      const organization = await manager.findOne(Organization, {
        where: {},
        lock: { mode: 'pessimistic_write' },
      });
      if (!organization) throw new Problem('not-found');
      requireVersion(expected, organization.version);
      await manager.update(Organization, organization.id, change);
      return this.read();
    });
  }
}

/** Row-level security leaves exactly one row: the organization that was entered. */
function selectOrganization(from: From) {
  return from(Organization, 'organization')
    .select('organization.id', 'id')
    .addSelect('organization.slug', 'slug')
    .addSelect('organization.name', 'name')
    .addSelect('organization.kind', 'kind')
    .addSelect('organization.status', 'status')
    .addSelect('organization.version', 'version')
    .addSelect('organization.createdAt', 'createdAt')
    .addSelect('organization.updatedAt', 'updatedAt');
}
