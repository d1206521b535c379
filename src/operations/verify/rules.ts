/**
 * What holds between rows although no key of the database says so, or says all of it. Each rule counts the rows that
 * break it; `bulkhead_readonly` may read every column it names, and none of them is anybody's words or name.
 */
import type { ClientBase } from 'pg';
import type { Finding } from '../../database/catalog/catalog.js';
import { attempt } from './transaction.js';

interface Rule {
  readonly table: string;
  /** What is true of every row; printed when it is not. */
  readonly proves: string;
  /** The rows judged are `x`. */
  readonly from: string;
  readonly broken: string;
  /** When it is not `organization_id`. */
  readonly organization?: string;
}

const nobody = `'00000000-0000-0000-0000-000000000000'::uuid`;
const same = (alias: string, own: string) =>
  `ON ${alias}.organization_id = x.organization_id AND ${alias}.id = x.${own}`;
const sameConversation = (table: string, own: string, target: string): Rule => ({
  table,
  proves: `its ${own} is of its own conversation`,
  from: `${table} x JOIN ${target} t ${same('t', own)}`,
  broken: 't.conversation_id <> x.conversation_id',
});
/** A user’s id without a foreign key, because a user belongs to several organizations. Who left is still a member’s row. */
const ofAMember = (table: string, own: string): Rule => ({
  table,
  proves: `its ${own} is, or was, a member of its organization`,
  from: `${table} x`,
  broken: `x.${own} IS NOT NULL AND NOT EXISTS
    (SELECT FROM members m WHERE m.organization_id = x.organization_id AND m.user_id = x.${own})`,
});
const versionOf = (table: string, template: string, number: string): Rule => ({
  table,
  proves: `its ${number} is a version of its template`,
  from: `${table} x`,
  broken: `x.${template} IS NOT NULL AND x.${number} IS NOT NULL AND NOT EXISTS
    (SELECT FROM template_versions v WHERE v.organization_id = x.organization_id
        AND v.template_id = x.${template} AND v.number = x.${number})`,
});

export const rules: readonly Rule[] = [
  {
    table: 'members',
    proves: 'an active member is an active user',
    from: 'members x LEFT JOIN users u ON u.id = x.user_id',
    broken: `x.status = 'active' AND u.status IS DISTINCT FROM 'active'`,
  },
  {
    table: 'conversations',
    proves: 'a conversation has its contact, in its own organization',
    from: `conversations x LEFT JOIN contacts c ${same('c', 'contact_id')}`,
    broken: 'c.id IS NULL',
  },
  {
    table: 'messages',
    proves: 'a message went over the connection of its conversation',
    from: `messages x JOIN conversations v ${same('v', 'conversation_id')}`,
    broken: 'v.connection_id <> x.connection_id',
  },
  sameConversation('drafts', 'answers_id', 'messages'),
  sameConversation('drafts', 'message_id', 'messages'),
  sameConversation('decisions', 'answers_id', 'messages'),
  sameConversation('decisions', 'message_id', 'messages'),
  sameConversation('decisions', 'draft_id', 'drafts'),
  {
    table: 'webhook_events',
    proves: 'an event is of a connection of its own organization',
    from: `webhook_events x LEFT JOIN connections c ${same('c', 'connection_id')}`,
    broken: 'c.id IS NULL',
  },
  {
    table: 'webhook_events',
    proves: 'an event came in at the endpoint of its connection',
    from: `webhook_events x JOIN connections c ${same('c', 'connection_id')}
           JOIN webhook_deliveries d ON d.id = x.delivery_id`,
    broken: 'd.endpoint_id <> c.endpoint_id',
  },
  {
    table: 'connections',
    proves: 'its endpoint is its own organization’s, or the platform’s',
    from: 'connections x LEFT JOIN endpoints e ON e.id = x.endpoint_id',
    broken: `e.owner_id IS NULL OR e.owner_id NOT IN (x.organization_id, ${nobody})`,
  },
  {
    table: 'endpoints',
    proves: 'its owner is an organization that there is, or the platform',
    from: 'endpoints x LEFT JOIN organizations o ON o.id = x.owner_id',
    broken: `o.id IS NULL AND x.owner_id <> ${nobody}`,
    organization: 'owner_id',
  },
  versionOf('templates', 'id', 'number'),
  versionOf('templates', 'id', 'approved_number'),
  versionOf('drafts', 'template_id', 'template_number'),
  ofAMember('template_versions', 'author_id'),
  ofAMember('drafts', 'decided_by'),
  ofAMember('decisions', 'author_id'),
];

/** @param organizationId undefined: of all organizations */
export async function checkRules(
  client: ClientBase,
  organizationId: string | undefined,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const { table, proves } = rule;
    findings.push(
      ...(await attempt(client, `${table}: ${proves}`, async () => {
        const count = await countBroken(client, rule, organizationId);
        return count === 0 ? [] : [{ object: table, problem: `${count} row(s) break: ${proves}` }];
      })),
    );
  }
  return findings;
}

async function countBroken(
  client: ClientBase,
  { from, broken, organization = 'organization_id' }: Rule,
  organizationId: string | undefined,
): Promise<number> {
  const scope = organizationId === undefined ? '' : `AND x.${organization} = $1`;
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM ${from} WHERE (${broken}) ${scope}`,
    organizationId === undefined ? [] : [organizationId],
  );
  return Number(rows[0]?.count);
}
