/** What the demo organizations' automation may do, and in whose words. Local only. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { OrganizationFlags } from '../automation/organization-flags.entity.js';
import type { LadderStep } from '../automation/effective-state.js';
import { TemplateVersion } from '../automation/template-version.entity.js';
import { Template } from '../automation/template.entity.js';
import { PlatformDb } from '../database/platform-db.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { Member } from '../organizations/member.entity.js';
import { withinOrganization } from '../tenancy/context.js';

/** By the slug of the organization: one answers by itself, the other has a person read each draft. */
const ladders: Readonly<Record<string, LadderStep>> = {
  'volt-motors-demo': 'whitelist',
  'harbor-bikes-demo': 'drafts',
};

const templates = [
  {
    name: 'Where is my order',
    body: 'Your order {{order.name}} is {{order.status}}. You can follow it here: {{order.tracking_url}}',
  },
  { name: 'Where is my order, without tracking', body: 'Your order {{order.name}} is {{order.status}}.' },
  {
    name: 'Which order',
    body: 'Thank you for writing to {{organization.name}}. Which order is it about? Please send its number, from the telephone you ordered with.',
  },
] as const;

@Injectable()
export class DemoAutomation {
  constructor(
    private readonly platformDb: PlatformDb,
    private readonly tenantDb: TenantDb,
  ) {}

  /** Adds what is missing; what somebody has changed since stays as it is. */
  async seed(): Promise<void> {
    await this.platformDb.write([
      {
        text: `INSERT INTO platform_flags (name, automation_enabled, safe_mode) VALUES ('platform', true, false)
               ON CONFLICT DO NOTHING`,
      },
    ]);
    const organizations = await this.platformDb.read<{ id: string; slug: string }>({
      text: 'SELECT id, slug FROM organizations WHERE slug = ANY ($1)',
      values: [Object.keys(ladders)],
    });
    for (const { id: organizationId, slug } of organizations) {
      const seedOne = async () =>
        this.tenantDb.run((manager) => this.seedOrganization(manager, organizationId, ladders[slug]!));
      await withinOrganization({ organizationId }, 'demo-data', seedOne);
    }
  }

  private async seedOrganization(
    manager: Transaction,
    organizationId: string,
    ladder: LadderStep,
  ): Promise<void> {
    const flags = { organizationId, id: uuidv7(), automationEnabled: true, safeMode: false, ladder };
    await manager.createQueryBuilder().insert().into(OrganizationFlags).values(flags).orIgnore().execute();
    const owner = await manager.findOneByOrFail(Member, { role: 'owner' });
    for (const { name, body } of templates) {
      const id = uuidv7();
      const template = { organizationId, id, name, language: 'en', intent: 'order-status' as const };
      const insert = manager.createQueryBuilder().insert().into(Template);
      const approved = { ...template, approvedNumber: 1, listed: true };
      await insert.values(approved).orIgnore().updateEntity(false).execute();
      if (!(await manager.existsBy(Template, { id }))) continue;
      const version = {
        organizationId,
        id: uuidv7(),
        templateId: id,
        number: 1,
        body,
        authorId: owner.userId,
      };
      await manager.insert(TemplateVersion, version);
    }
  }
}
