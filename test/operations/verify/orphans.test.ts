/** Rows that keys should have refused, planted as a replica plants them: each is found, named, and of one organization only. */
import type { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rules } from '../../../src/operations/verify/rules.js';
import { openShops, type Shops } from './shops.js';

let s: Shops;
let planter: Client;
beforeAll(async () => {
  s = await openShops();
  ({ planter } = s);
});
afterAll(() => s.close());
const planned = async (sql: string) => planter.query(sql);

/** Plants as a replica does, looks, and puts it back. */
async function withPlanted<Result>(
  plant: string,
  undo: string,
  look: () => Promise<Result>,
): Promise<Result> {
  await planned(`SET session_replication_role = replica; ${plant}; RESET session_replication_role`);
  try {
    return await look();
  } finally {
    await planned(`SET session_replication_role = replica; ${undo}; RESET session_replication_role`);
  }
}

const nowhere = uuidv7();
const change = (table: () => [table: string, column: string, value: string, was: string, id: string]) => {
  const [name, column, value, was, id] = table();
  const sql = (to: string) => `UPDATE ${name} SET ${column} = ${to} WHERE id = '${id}'`;
  return [sql(value), sql(was)] as const;
};
const quoted = (id: string) => `'${id}'`;

/** What is changed in the shop, and the finding it must cause. */
const orphans: readonly [
  string,
  () => [table: string, column: string, value: string, was: string, id: string],
  object: RegExp,
  problem: RegExp,
][] = [
  [
    'a conversation whose contact is nowhere',
    () => [
      'conversations',
      'contact_id',
      quoted(nowhere),
      quoted(s.shop.conversation.contactId),
      s.shop.conversation.id,
    ],
    /^conversations.*contact_id_fkey$/,
    /1 row\(s\) of conversations point at no row of contacts$/,
  ],
  [
    'a conversation of another organization’s contact',
    () => [
      'conversations',
      'contact_id',
      quoted(s.other.conversation.contactId),
      quoted(s.shop.conversation.contactId),
      s.shop.conversation.id,
    ],
    /^conversations.*contact_id_fkey$/,
    /1 of them at a row of another organization$/,
  ],
  [
    'the same, as a rule',
    () => [
      'conversations',
      'contact_id',
      quoted(s.other.conversation.contactId),
      quoted(s.shop.conversation.contactId),
      s.shop.conversation.id,
    ],
    /^conversations$/,
    /a conversation has its contact, in its own organization/,
  ],
  [
    'a member who is no user',
    () => ['members', 'user_id', quoted(nowhere), quoted(s.shop.member.userId), s.shop.member.id],
    /^members\.members_user_id_fkey$/,
    /point at no row of users$/,
  ],
  [
    'an active member whose user is disabled',
    () => ['users', 'status', `'disabled'`, `'active'`, s.shop.member.userId],
    /^members$/,
    /an active member is an active user/,
  ],
  [
    'a message over another connection than its conversation’s',
    () => ['messages', 'connection_id', quoted(nowhere), quoted(s.shop.connection.id), s.shop.message],
    /^messages$/,
    /over the connection of its conversation/,
  ],
  [
    'a draft that answers a message of another conversation',
    () => [
      'drafts',
      'conversation_id',
      quoted(s.shop.second.id),
      quoted(s.shop.conversation.id),
      s.shop.draft,
    ],
    /^drafts$/,
    /its answers_id is of its own conversation/,
  ],
  [
    'a decision about a draft of another conversation',
    () => [
      'drafts',
      'conversation_id',
      quoted(s.shop.second.id),
      quoted(s.shop.conversation.id),
      s.shop.draft,
    ],
    /^decisions$/,
    /its draft_id is of its own conversation/,
  ],
  [
    'a decision about a message of another conversation',
    () => [
      'messages',
      'conversation_id',
      quoted(s.shop.second.id),
      quoted(s.shop.conversation.id),
      s.shop.message,
    ],
    /^decisions$/,
    /its answers_id is of its own conversation/,
  ],
  [
    'an event of another organization’s connection',
    () => ['connections', 'id', quoted(nowhere), quoted(s.shop.connection.id), s.shop.connection.id],
    /^webhook_events$/,
    /an event is of a connection of its own organization/,
  ],
  [
    'an endpoint of another organization',
    () => [
      'endpoints',
      'owner_id',
      quoted(s.other.member.organizationId),
      quoted(s.shop.member.organizationId),
      s.shop.connection.endpoint.id,
    ],
    /^connections$/,
    /its endpoint is its own organization’s/,
  ],
  [
    'an approved version that is not there',
    () => ['templates', 'number', '2', '1', s.shop.template],
    /^templates$/,
    /its number is a version of its template/,
  ],
  [
    'a draft of a version that is not there',
    () => ['drafts', 'template_number', '7', '1', s.shop.draft],
    /^drafts$/,
    /its template_number is a version/,
  ],
  [
    'a draft that a stranger decided on',
    () => ['drafts', 'decided_by', quoted(s.other.member.userId), quoted(s.shop.member.userId), s.shop.draft],
    /^drafts$/,
    /its decided_by is, or was, a member of its organization/,
  ],
  [
    'a draft that became a message of another conversation',
    () => ['drafts', 'message_id', quoted(s.shop.elsewhere), 'NULL', s.shop.draft],
    /^drafts$/,
    /its message_id is of its own conversation/,
  ],
  [
    'a decision about what was said in another conversation',
    () => ['decisions', 'message_id', quoted(s.shop.elsewhere), 'NULL', s.shop.decision],
    /^decisions$/,
    /its message_id is of its own conversation/,
  ],
  [
    'a version approved that never was',
    () => ['templates', 'approved_number', '0', '1', s.shop.template],
    /^templates$/,
    /its approved_number is a version of its template/,
  ],
  [
    'a template that a stranger wrote',
    () => [
      'template_versions',
      'author_id',
      quoted(s.other.member.userId),
      quoted(s.shop.member.userId),
      s.shop.version,
    ],
    /^template_versions$/,
    /its author_id is, or was, a member/,
  ],
  [
    'a decision that a stranger took',
    () => ['decisions', 'author_id', quoted(s.other.member.userId), 'NULL', s.shop.decision],
    /^decisions$/,
    /its author_id is, or was, a member/,
  ],
];

test.each(orphans)('%s; in nobody else’s organization', async (_what, plant, object, problem) => {
  const [changed, undo] = change(plant);
  // A changed id is put back by its new one.
  const back = changed.startsWith('UPDATE connections')
    ? undo.replace(/WHERE id = .*/, `WHERE id = '${nowhere}'`)
    : undo;
  await withPlanted(changed, back, async () => {
    const one = await s.verified(s.shop.slug);
    const finding = { object: expect.stringMatching(object), problem: expect.stringMatching(problem) };
    expect(one.code).toBe(1);
    expect(one.findings).toContainEqual(finding);
    expect(one.lines).toContainEqual(expect.stringMatching(problem));
    expect((await s.verified()).findings).toContainEqual(finding);
    expect((await s.verified(s.other.slug)).findings).toEqual([]);
  });
  expect((await s.verified()).findings).toEqual([]);
});

test('an event that came in at another endpoint; an endpoint of nobody', async () => {
  const delivery = uuidv7();
  const event = await s.t.make.webhookEvent(s.shop.connection);
  await planned(
    `INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body)
     VALUES ('${delivery}', '${s.other.connection.endpoint.id}', decode(repeat('00', 32), 'hex'), '{}', '');
     UPDATE webhook_events SET delivery_id = '${delivery}' WHERE id = '${event}'`,
  );
  const strange = await s.t.make.endpoint(nowhere);
  const { findings } = await s.verified();
  expect(findings).toEqual([
    {
      object: 'webhook_events',
      problem: expect.stringContaining('came in at the endpoint of its connection'),
    },
    {
      object: 'endpoints',
      problem: expect.stringContaining('an organization that there is, or the platform'),
    },
  ]);
  await planned(
    `DELETE FROM webhook_events WHERE id = '${event}'; DELETE FROM webhook_deliveries WHERE id = '${delivery}';
     DELETE FROM endpoints WHERE id = '${strange.id}'`,
  );
});

test('every rule is another one', () => {
  expect(new Set(rules.map(({ table, proves }) => `${table} ${proves}`)).size).toBe(rules.length);
});
