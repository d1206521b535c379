/** `ops verify organization`: what it counts, as whom it reads, whom it refuses; and that it cannot write. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { UnfitRoleError } from '../../../src/database/door-role.js';
import { StampError } from '../../../src/database/stamp.js';
import { MissingSettingError, reportFailure, UsageError } from '../../../src/operations/failure.js';
import { verifyOrganization } from '../../../src/operations/verify/verify.js';
import { withProgress } from '../../../src/operations/verify/progress.js';
import { readOnly, requireReader, requireReadOnly } from '../../../src/operations/verify/transaction.js';
import { openShops, type Shops } from './shops.js';

let s: Shops;
let planter: Client;
beforeAll(async () => {
  s = await openShops();
  ({ planter } = s);
});
afterAll(() => s.close());
const planned = async (sql: string) => planter.query(sql);

describe('a database that is in order', () => {
  test('passes, with the rows of one organization, and of all together', async () => {
    const one = await s.verified(s.shop.slug);
    expect([one.code, one.findings]).toEqual([0, []]);
    expect(one.organization).toEqual({ slug: s.shop.slug, kind: 'customer', status: 'active' });
    expect(one.rows).toMatchObject({ members: 1, contacts: 1, conversations: 2, messages: 2, drafts: 1 });
    expect(one.lines[0]).toBe(
      `organization ${s.shop.slug} (customer, active) in ${s.t.database.name}, which is stamped local`,
    );
    expect(one.lines.at(-1)).toBe('nothing is wrong');
    const all = await s.verified();
    expect([all.code, all.findings, all.organization]).toEqual([0, [], null]);
    expect(all.lines[0]).toContain('every organization, 2 of them,');
    expect(all.rows).toMatchObject({ members: 2, contacts: 2, conversations: 4, messages: 4, drafts: 2 });
  });

  test('every table with organization_id is counted, also one made just now', async () => {
    const { rows } = await planter.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organization_id'`,
    );
    expect(Object.keys((await s.verified()).rows).toSorted()).toEqual(
      rows.map(({ name }) => name).toSorted(),
    );
    await planned(
      'CREATE TABLE planted (organization_id uuid); INSERT INTO planted VALUES (NULL); GRANT SELECT ON planted TO bulkhead_readonly',
    );
    try {
      expect((await s.verified()).rows).toMatchObject({ planted: 1 });
    } finally {
      await planned('DROP TABLE planted');
    }
  });

  test('prints nobody’s name, address or words', async () => {
    const printed = JSON.stringify([await s.verified(s.shop.slug), await s.verified()]);
    for (const personal of [
      'Ada',
      'Secretname',
      'ada@',
      'Where is my order',
      'Some Body',
      s.shop.member.email,
    ])
      expect(printed).not.toContain(personal);
  });

  test('nothing is written, in any table', async () => {
    const before = await checksums();
    await s.verified(s.shop.slug);
    await s.verified();
    expect(await checksums()).toEqual(before);
  });
});

/** Everything in every table, as one value each. */
async function checksums(): Promise<Record<string, string>> {
  const { rows } = await planter.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace)`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of rows) {
    const { rows: sum } = await planter.query<{ sum: string }>(
      `SELECT coalesce(md5(string_agg(r::text || xmin || ctid, ',' ORDER BY ctid)), '') AS sum FROM ${name} r`,
    );
    sums[name] = sum[0]!.sum;
  }
  return sums;
}
describe('refuses', () => {
  const refusal = async (url: string | undefined, of?: string) =>
    verifyOrganization(s.withReader(url), of).then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  test('without its URL: 78', async () => {
    const error = await refusal(undefined);
    expect(error).toBeInstanceOf(MissingSettingError);
    expect(error?.message).toContain('DATABASE_READONLY_URL');
  });

  test('an organization that is not there: 2', async () => {
    const error = await refusal(s.settings.databaseUrls.readonly, 'no-such-shop');
    expect(error).toBeInstanceOf(UsageError);
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(reportFailure('The command failed', error)).toBe(2);
    expect(said).toHaveBeenCalledWith('The command failed: there is no organization no-such-shop.');
  });

  test('a superuser', async () => {
    const error = await refusal(s.t.database.adminUrl);
    expect(error).toBeInstanceOf(UnfitRoleError);
    expect(error?.message).toMatch(
      /DATABASE_READONLY_URL: signs in as \w+, and must as bulkhead_readonly; \w+ is a superuser; \w+ has BYPASSRLS/,
    );
  });

  test('another role of ours', async () => {
    const error = await refusal(s.t.database.urlOf('bulkhead_tenant'));
    expect(error?.message).toBe(
      'DATABASE_READONLY_URL: signs in as bulkhead_tenant, and must as bulkhead_readonly',
    );
  });

  test('its own role with BYPASSRLS', async () => {
    await planter.query('BEGIN');
    await planter.query('ALTER ROLE bulkhead_readonly BYPASSRLS');
    await planter.query('SET LOCAL ROLE bulkhead_readonly');
    await expect(requireReader(planter)).rejects.toThrow('bulkhead_readonly has BYPASSRLS');
    await planter.query('ROLLBACK');
  });

  test('a database of another environment', async () => {
    await planned(`UPDATE environment_stamp SET environment = 'staging'`);
    try {
      const error = await refusal(s.settings.databaseUrls.readonly);
      expect(error).toBeInstanceOf(StampError);
    } finally {
      await planned(`UPDATE environment_stamp SET environment = 'local'`);
    }
  });

  test('a transaction that the server would let write', async () => {
    await planter.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(requireReadOnly(planter)).rejects.toThrow(UnfitRoleError);
    await planter.query('ROLLBACK');
    await planter.query('BEGIN READ ONLY');
    await expect(requireReadOnly(planter)).rejects.toThrow(UnfitRoleError);
    await planter.query('ROLLBACK');
  });
});

test('its transaction refuses a write, though the role were granted one', async () => {
  await planned(
    `GRANT UPDATE ON organizations TO bulkhead_readonly; CREATE POLICY open ON organizations FOR UPDATE TO bulkhead_readonly USING (true); ALTER ROLE bulkhead_readonly IN DATABASE ${s.t.database.name} SET default_transaction_read_only = off`,
  );
  try {
    const write = readOnly(s.settings.databaseUrls.readonly!, 'local', async (client) =>
      client.query(`UPDATE organizations SET name = 'written'`),
    );
    await expect(write).rejects.toMatchObject({ code: '25006' });
  } finally {
    await planned(
      `REVOKE UPDATE ON organizations FROM bulkhead_readonly; DROP POLICY open ON organizations; ALTER ROLE bulkhead_readonly IN DATABASE ${s.t.database.name} RESET default_transaction_read_only`,
    );
  }
});

test('says every two seconds what it waits for, and nothing when it is quick', async () => {
  vi.useFakeTimers();
  try {
    const said: string[] = [];
    const work = withProgress(
      (line) => said.push(line),
      async (doing) => {
        await vi.advanceTimersByTimeAsync(1_900);
        expect(said).toEqual([]);
        doing('counting rows');
        await vi.advanceTimersByTimeAsync(2_200);
      },
    );
    await work;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said).toEqual(['counting rows…', 'counting rows…']);
  } finally {
    vi.useRealTimers();
  }
});
