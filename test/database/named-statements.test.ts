/** A statement that comes again is planned once a connection, for whichever organization, and says no less for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TenantDb } from '../../src/database/tenant-db.js';
import { Member } from '../../src/organizations/member.entity.js';
import { withinOrganization } from '../../src/tenancy/context.js';
import { startTestApp, type TestApp } from '../support/app.js';

let t: TestApp;
let tenantDb: TenantDb;
beforeAll(async () => {
  // One connection, which all that follows shares.
  t = await startTestApp({ DATABASE_POOL_SIZE: '1' });
  tenantDb = t.app.get(TenantDb);
});
afterAll(() => t.close());

const within = async <Result>(organizationId: string, work: () => Promise<Result>) =>
  withinOrganization({ organizationId }, 'test', work);

const ask = async <Row extends object>(organizationId: string, text: string, values: unknown[] = []) =>
  within(organizationId, async () => tenantDb.read<Row>(() => ({ text, values })));

/** Of the connection. */
async function named(organizationId: string, part: string): Promise<string[]> {
  const text = `SELECT statement, name FROM pg_prepared_statements WHERE statement LIKE $1 AND statement NOT LIKE '%pg_prepared%'`;
  const rows = await within(organizationId, async () =>
    tenantDb.run(async (manager) => manager.query<{ name: string }[]>(text, [`%${part}%`])),
  );
  return rows.map(({ name }) => name);
}

test('from its third time, by one name, whether it comes as text or from an entity', async () => {
  const organization = await t.make.organization();
  const text = `SELECT count(*)::int AS own_mark FROM members WHERE role <> $1`;
  const counts = [];
  for (let time = 1; time <= 5; time += 1) {
    counts.push((await named(organization, 'own_mark')).length);
    await ask(organization, text, ['nobody']);
    await within(organization, async () =>
      tenantDb.run(async (manager) => manager.findBy(Member, { role: 'agent' })),
    );
  }
  expect(counts).toEqual([0, 0, 0, 1, 1]);
  expect(await named(organization, '"Member"."role" = $1')).toHaveLength(1);
});

test('the same plan serves another organization its own rows', async () => {
  const organizations = await Promise.all(Array.from({ length: 12 }, async () => t.make.organization()));
  for (const [index, organization] of organizations.entries())
    for (let member = 0; member <= index % 3; member += 1) await t.make.member(organization);
  for (let time = 0; time < 3; time += 1) {
    for (const [index, organization] of organizations.entries()) {
      const rows = await ask<{ id: string }>(organization, 'SELECT organization_id AS id FROM members');
      expect(rows).toEqual(Array.from({ length: 1 + (index % 3) }, () => ({ id: organization })));
    }
  }
  expect(await named(organizations[0]!, 'organization_id AS id FROM members')).toHaveLength(1);
});

test('a column added meanwhile harms nothing, nor does a statement that failed', async () => {
  const organization = await t.make.organization();
  await t.make.member(organization);
  const text = 'SELECT 12 / $1::int AS parts, count(*)::int AS members FROM members';
  for (let time = 0; time < 4; time += 1) await ask(organization, text, [4]);
  await expect(ask(organization, text, [0])).rejects.toThrow('division by zero');
  await t.admin.query('ALTER TABLE members ADD COLUMN meanwhile text');
  expect(await ask(organization, text, [3])).toEqual([{ parts: 4, members: 1 }]);
});

test('what is built anew for each call gets no name, and there is an end to names', async () => {
  const organization = await t.make.organization();
  const long = `SELECT ${Array.from({ length: 1_000 }, (_, index) => `${index} AS c${index}`).join(', ')}`;
  for (let time = 0; time < 4; time += 1) await ask(organization, long);
  expect(await named(organization, 'c999')).toEqual([]);
  for (let one = 0; one < 300; one += 1)
    for (let time = 0; time < 3; time += 1) await ask(organization, `SELECT ${one} AS many_marks`);
  const all = await named(organization, '');
  expect(all.length).toBeLessThanOrEqual(256);
  expect((await named(organization, 'many_marks')).length).toBeGreaterThan(100);
  // Those without one are answered as before.
  expect(await ask(organization, 'SELECT 299 AS many_marks')).toEqual([{ many_marks: 299 }]);
});
