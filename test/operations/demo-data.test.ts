import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoData, demoOrganizations } from '../../src/operations/demo-data.js';
import { startTestApp, type TestApp } from '../support/app.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const signIn = async (email: string, password: string) =>
  (await t.http().post('/v1/sessions').send({ email, password })).status;
const everybody = demoOrganizations.flatMap(({ members }) => members.map(({ email }) => email));

test('seeds both organizations once, and every printed sign-in works', async () => {
  const demo = t.app.get(DemoData);
  await demo.seed('the first password');
  await demo.seed('the first password');
  const { rows } = await t.admin.query(
    `SELECT o.slug, o.kind, count(*)::int AS members FROM organizations o JOIN members m ON m.organization_id = o.id GROUP BY o.id ORDER BY o.slug`,
  );
  expect(rows).toEqual([
    { slug: 'harbor-bikes-demo', kind: 'demo', members: 2 },
    { slug: 'volt-motors-demo', kind: 'demo', members: 4 },
  ]);
  for (const email of everybody)
    expect([email, await signIn(email, 'the first password')]).toEqual([email, 201]);
});

test('what is printed works, also when the database is older than the password', async () => {
  const { userId, email } = await t.make.signedIn();
  const before = await t.admin.query('SELECT password_hash FROM users WHERE id = $1', [userId]);
  await t.app.get(DemoData).seed('another password');
  expect(await signIn(everybody[0]!, 'another password')).toBe(201);
  expect(await signIn(everybody[0]!, 'the first password')).toBe(401);
  const after = await t.admin.query('SELECT password_hash FROM users WHERE id = $1', [userId]);
  expect([email, after.rows]).toEqual([email, before.rows]);
});
