import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SealedSecrets } from '../../src/connections/sealed-secrets.js';
import { platformOwner } from '../../src/connections/vendors.js';
import { DemoConnections, demoEndpoints } from '../../src/operations/demo-connections.js';
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

test('both organizations’ vendor accounts are there once, verified, where the sender of samples posts', async () => {
  const demo = t.app.get(DemoConnections);
  const secrets = new Map<string, string>();
  const endpoints = demoEndpoints((name) => {
    const secret = secrets.get(name) ?? randomBytes(32).toString('base64url');
    secrets.set(name, secret);
    return secret;
  });
  await t.app.get(DemoData).seed('the first password');
  await demo.seed(endpoints);
  await demo.seed(endpoints);
  const { rows } = await t.admin.query(
    `SELECT o.slug, c.provider, c.status, e.key, e.secret, e.id AS "endpointId", e.owner_id AS owner
       FROM connections c JOIN organizations o ON o.id = c.organization_id JOIN endpoints e ON e.id = c.endpoint_id
      ORDER BY o.slug, c.provider`,
  );
  const own = (slug: string, provider: string) => `${slug} ${provider} verified`;
  expect(rows.map(({ slug, provider, status }) => `${slug} ${provider} ${status}`)).toEqual([
    own('harbor-bikes-demo', 'whatsapp'),
    own('volt-motors-demo', 'richpanel'),
    own('volt-motors-demo', 'shopify'),
    own('volt-motors-demo', 'whatsapp'),
  ]);
  const sealed = t.app.get(SealedSecrets);
  for (const { provider, key, secret, owner: org, endpointId: con } of rows) {
    const { [provider as 'shopify']: expected } = endpoints;
    expect(key).toBe(expected.key);
    expect(await sealed.open(secret, { org, con, purpose: 'webhook-secret' })).toBe(expected.secret);
    // WhatsApp comes in by the platform's own app, for both.
    expect([provider, org === platformOwner]).toEqual([provider, provider === 'whatsapp']);
  }
});
