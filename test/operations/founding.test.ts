/** What an environment has before anybody has signed in: our own organization, and one way in for the first platform admin. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from 'pg';
import { policies } from '../../src/environment/policy.js';
import { found } from '../../src/operations/founding.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let admin: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = await connect(database.adminUrl);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const asked = { appUrl: 'https://bulkhead.example', renews: true };
const tokenOf = (link: string | undefined) =>
  /^https:\/\/bulkhead\.example\/platform\/enrol#token=([\w-]{43})$/.exec(link ?? '')![1]!;
const enrolments = async () =>
  (
    await admin.query<{ token_hash: Buffer; open: boolean }>(
      'SELECT token_hash, voided_at IS NULL AND redeemed_at IS NULL AS open FROM platform_enrolments ORDER BY id',
    )
  ).rows;

test('our own organization once, and a link that a newer one voids; nothing stored opens anything', async () => {
  const first = await found(admin, policies.staging, asked);
  const second = await found(admin, policies.staging, asked);
  expect(first?.organization).toEqual({ slug: 'bulkhead-staging-test', created: true });
  expect(second?.organization).toEqual({ slug: 'bulkhead-staging-test', created: false });
  const { rows } = await admin.query('SELECT slug, kind, status FROM organizations');
  expect(rows).toEqual([{ slug: 'bulkhead-staging-test', kind: 'internal', status: 'active' }]);
  const hashes = [first, second].map((each) =>
    createHash('sha256').update(tokenOf(each?.enrolmentLink)).digest(),
  );
  expect(await enrolments()).toEqual([
    { token_hash: hashes[0], open: false },
    { token_hash: hashes[1], open: true },
  ]);
});

test('a link that is out is not voided by a repeated provision, unless it has expired', async () => {
  const before = await enrolments();
  const { appUrl } = asked;
  expect(await found(admin, policies.staging, { appUrl })).toMatchObject({
    enrolmentLink: undefined,
    enrolment: 'link-is-out',
  });
  expect(await enrolments()).toEqual(before);
  await admin.query(`UPDATE platform_enrolments SET expires_at = now() - interval '1 second'`);
  expect((await found(admin, policies.staging, { appUrl }))?.enrolmentLink).toBeDefined();
  expect((await enrolments()).filter(({ open }) => open)).toHaveLength(1);
});

test('two at once make one link that is good', async () => {
  const another = await connect(database.adminUrl);
  await Promise.all([found(admin, policies.staging, asked), found(another, policies.staging, asked)]);
  await another.end();
  expect((await enrolments()).filter(({ open }) => open)).toHaveLength(1);
});

test('a customer who took the name is not ours, and nothing is made', async () => {
  await admin.query(
    `INSERT INTO organizations (id, slug, name, kind) VALUES (gen_random_uuid(), 'bulkhead-internal', 'Evil', 'customer')`,
  );
  const before = await enrolments();
  await expect(found(admin, policies.production, asked)).rejects.toThrow('somebody else');
  expect(await enrolments()).toEqual(before);
});

test('no link once somebody has enrolled', async () => {
  await admin.query('UPDATE platform_enrolments SET redeemed_at = now() WHERE voided_at IS NULL');
  expect(await found(admin, policies.staging, asked)).toMatchObject({ enrolmentLink: undefined });
  expect(await found(admin, policies.local, asked)).toEqual({
    organization: undefined,
    enrolmentLink: undefined,
    enrolment: 'enrolled',
  });
});
