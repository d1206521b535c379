/** Two shops whose every row is as it should be, a planter of rows that are not, and what `ops verify` says of them. */
import type { Client } from 'pg';
import type { Settings } from '../../../src/config/settings.js';
import { verifyOrganization } from '../../../src/operations/verify/verify.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';
import type { MadeConnection, MadeConversation, MadeMember } from '../../support/factory.js';

export interface Shop {
  readonly slug: string;
  readonly member: MadeMember;
  readonly connection: MadeConnection;
  readonly conversation: MadeConversation;
  readonly second: MadeConversation;
  readonly message: string;
  readonly draft: string;
  readonly template: string;
  readonly version: string;
  readonly decision: string;
  /** A message of the second conversation. */
  readonly elsewhere: string;
}

export interface Found {
  readonly lines: readonly string[];
  readonly code: number | undefined;
  readonly organization: object | null;
  readonly rows: Record<string, number>;
  readonly notChecked: readonly string[];
  readonly findings: readonly { object: string; problem: string }[];
}

export interface Shops {
  readonly t: TestApp;
  readonly settings: Settings;
  readonly shop: Shop;
  readonly other: Shop;
  /** The superuser, alone on its connection. */
  readonly planter: Client;
  withReader(url: string | undefined): Settings;
  verified(slug?: string): Promise<Found>;
  close(): Promise<void>;
}

export async function openShops(): Promise<Shops> {
  const t = await startTestApp();
  const withReader = (readonly: string | undefined): Settings => ({
    ...t.settings,
    databaseUrls: { ...t.settings.databaseUrls, readonly },
  });
  const settings = withReader(t.database.urlOf('bulkhead_readonly'));
  const planter = await connect(t.database.adminUrl);
  return {
    t,
    settings,
    shop: await openShop(t),
    other: await openShop(t),
    planter,
    withReader,
    verified: async (slug) => {
      const { lines, data, code } = await verifyOrganization(settings, slug);
      return { lines, code, ...(data as Omit<Found, 'lines' | 'code'>) };
    },
    close: async () => {
      await planter.end();
      await t.close();
    },
  };
}

async function openShop(t: TestApp): Promise<Shop> {
  const organization = await t.make.organization();
  const member = await t.make.member(organization);
  const connection = await t.make.connection(organization, { provider: 'whatsapp' });
  const contact = await t.make.contact(organization, { name: 'Ada Secretname', email: 'ada@secret.example' });
  const conversation = await t.make.conversation(connection, contact);
  const second = await t.make.conversation(connection, contact);
  const message = await t.make.message(conversation);
  const template = await t.make.template(organization, { approvedNumber: 1 });
  const { rows } = await t.admin.query<{ id: string }>(
    'UPDATE template_versions SET author_id = $2 WHERE organization_id = $1 RETURNING id',
    [organization, member.userId],
  );
  const written = { answersId: message, templateId: template, templateNumber: 1, decidedBy: member.userId };
  const draft = await t.make.draft(conversation, written);
  const elsewhere = await t.make.message(second, { direction: 'outbound' });
  const decision = await t.make.decision(conversation, { answersId: message, draftId: draft });
  await t.make.webhookEvent(connection);
  return {
    slug: `shop-${organization}`,
    member,
    connection,
    conversation,
    second,
    message,
    draft,
    template,
    version: rows[0]!.id,
    decision,
    elsewhere,
  };
}
