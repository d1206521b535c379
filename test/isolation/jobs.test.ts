/** The job table keeps organizations apart by itself: these are the roles' own connections, with none of our code between. */
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';

let t: TestApp;
let [mine, theirs] = ['', ''];
let tenant: Client;
let entry: Client;
beforeAll(async () => {
  t = await startTestApp();
  [mine, theirs] = [await t.make.organization(), await t.make.organization()];
  tenant = await connect(t.database.urlOf('bulkhead_tenant'));
  entry = await connect(t.database.urlOf('bulkhead_entry'));
  for (const group of [mine, theirs, null]) {
    await t.admin.query(
      `INSERT INTO pgboss.job_common (name, data, group_id) VALUES ('handle-event', '{"eventId":"planted"}', $1)`,
      [group],
    );
  }
});
afterEach(async () => {
  await Promise.all([tenant, entry].map((client) => client.query('ROLLBACK')));
});
afterAll(async () => {
  await Promise.all([tenant.end(), entry.end()]);
  await t.close();
});

const refused = { code: '42501' };
const insert = (group: string | null, name = 'handle-event') => ({
  text: `INSERT INTO pgboss.job_common (name, data, group_id) VALUES ($1, '{}', $2)`,
  values: [name, group],
});
/** Inside an organization, as `TenantDb` enters it. */
async function enter(organizationId: string): Promise<void> {
  await tenant.query('BEGIN');
  await tenant.query('SELECT auth_assert($1, NULL, NULL, NULL)', [organizationId]);
}

describe('bulkhead_tenant inside an organization', () => {
  test('enqueues for it, and for no other and not for the platform', async () => {
    await enter(mine);
    expect((await tenant.query(insert(mine))).rowCount).toBe(1);
    for (const group of [theirs, null, '', mine.toUpperCase(), `${mine} `, uuidv7()]) {
      await tenant.query('SAVEPOINT before');
      await expect(tenant.query(insert(group)), String(group)).rejects.toMatchObject(refused);
      await tenant.query('ROLLBACK TO before');
    }
  });

  test('cannot slip one for another organization between its own', async () => {
    await enter(mine);
    const several = tenant.query(
      `INSERT INTO pgboss.job_common (name, data, group_id) SELECT 'handle-event', '{}', g FROM unnest($1::text[]) AS g`,
      [[mine, theirs, mine]],
    );
    await expect(several).rejects.toMatchObject(refused);
  });

  test('cannot get round the table by its parent, by a conflict, or by copying', async () => {
    for (const sql of [
      `INSERT INTO pgboss.job (name, data, group_id) VALUES ('handle-event', '{}', '${theirs}')`,
      `INSERT INTO pgboss.job_common (id, name, data, group_id) SELECT id, name, '{}', '${mine}' FROM pgboss.job_common ON CONFLICT (name, id) DO UPDATE SET group_id = '${theirs}'`,
      `COPY pgboss.job_common (data) TO STDOUT`,
      `SELECT data FROM pgboss.job_common`,
      `SELECT * FROM pgboss.job`,
      `SELECT pgboss.create_queue('mine', '{}')`,
      `SELECT pgboss.delete_queue('handle-event')`,
      `INSERT INTO pgboss.queue (name) VALUES ('mine')`,
      `UPDATE pgboss.queue SET dead_letter = NULL`,
      `LISTEN x; SELECT * FROM pgboss.job_dependency`,
    ]) {
      await enter(mine);
      await expect(tenant.query(sql), sql).rejects.toMatchObject(refused);
      await tenant.query('ROLLBACK');
    }
  });

  test('sees its own jobs, of all others nothing, and of its own no data', async () => {
    await enter(mine);
    const { rows } = await tenant.query('SELECT id, group_id, start_after FROM pgboss.job_common');
    expect(rows).toMatchObject([{ group_id: mine }]);
    const counted = await tenant.query(
      'SELECT count(*)::int AS count FROM pgboss.job_common WHERE group_id = $1 OR group_id IS NULL',
      [theirs],
    );
    expect(counted.rows).toEqual([{ count: 0 }]);
  });

  test.each([
    'UPDATE pgboss.job_common SET group_id = group_id',
    `UPDATE pgboss.job_common SET start_after = now()`,
    `UPDATE pgboss.job_common SET state = 'completed'`,
    'DELETE FROM pgboss.job_common',
    'TRUNCATE pgboss.job_common',
    'SELECT id FROM pgboss.job_common FOR UPDATE',
    'ALTER TABLE pgboss.job_common DISABLE ROW LEVEL SECURITY',
  ])('may not: %s', async (sql) => {
    await enter(mine);
    await expect(tenant.query(sql)).rejects.toMatchObject(refused);
  });

  test('a session setting of its own does not lead into another organization: nothing it could send is trusted beyond its transaction', async () => {
    await enter(mine);
    await tenant.query('COMMIT');
    await tenant.query('BEGIN');
    expect((await tenant.query('SELECT id FROM pgboss.job_common')).rowCount).toBe(0);
    await expect(tenant.query(insert(mine))).rejects.toMatchObject(refused);
  });
});

describe('bulkhead_tenant without an organization', () => {
  test('sees no job and enqueues none', async () => {
    await tenant.query('BEGIN');
    expect((await tenant.query('SELECT id FROM pgboss.job_common')).rowCount).toBe(0);
    for (const group of [mine, null, '']) {
      await tenant.query('SAVEPOINT before');
      await expect(tenant.query(insert(group))).rejects.toMatchObject(refused);
      await tenant.query('ROLLBACK TO before');
    }
  });

  test('an organization that is suspended is not entered', async () => {
    const suspended = await t.make.organization({ status: 'suspended' });
    await expect(enter(suspended)).rejects.toMatchObject({ code: 'BK003' });
    await expect(tenant.query(insert(suspended))).rejects.toMatchObject({ code: '25P02' });
  });
});

describe('bulkhead_entry', () => {
  test('enqueues for the platform alone', async () => {
    await entry.query('BEGIN');
    expect((await entry.query(insert(null, 'split-deliveries'))).rowCount).toBe(1);
    for (const bound of ['', mine]) {
      await entry.query(`SELECT set_config('app.organization_id', $1, true)`, [bound]);
      for (const group of [mine, theirs, '']) {
        await entry.query('SAVEPOINT before');
        await expect(entry.query(insert(group))).rejects.toMatchObject(refused);
        await entry.query('ROLLBACK TO before');
      }
    }
  });

  test('sees no organization’s jobs, also when bound to one', async () => {
    await entry.query('BEGIN');
    await entry.query(`SELECT set_config('app.organization_id', $1, true)`, [mine]);
    const { rows } = await entry.query('SELECT group_id FROM pgboss.job_common');
    expect(rows).toEqual([{ group_id: null }]);
  });

  test.each([
    'UPDATE pgboss.job_common SET start_after = now()',
    'DELETE FROM pgboss.job_common',
    'SELECT data FROM pgboss.job_common',
    'SELECT body FROM webhook_deliveries',
    'UPDATE webhook_deliveries SET split_at = now()',
    'DELETE FROM webhook_deliveries',
    'SELECT FROM connections',
    'SELECT FROM webhook_events',
    'SELECT FROM webhook_unclaimed',
    'SELECT FROM contacts',
    'SELECT FROM conversations',
    'SELECT FROM messages',
  ])('may not: %s', async (sql) => {
    await expect(entry.query(sql)).rejects.toMatchObject(refused);
  });
});

describe('the other roles', () => {
  test('bulkhead_queue works every job and reaches nothing but the queue', async () => {
    const queue = await connect(t.database.urlOf('bulkhead_queue'));
    expect(
      (await queue.query(`SELECT FROM pgboss.job_common WHERE data @> '{"eventId":"planted"}'`)).rowCount,
    ).toBe(3);
    for (const table of [
      'organizations',
      'members',
      'users',
      'connections',
      'endpoints',
      'webhook_deliveries',
      'webhook_events',
      'contacts',
      'conversations',
      'messages',
    ])
      await expect(queue.query(`SELECT FROM ${table}`), table).rejects.toMatchObject(refused);
    await queue.end();
  });

  test.each(['bulkhead_platform', 'bulkhead_readonly', 'bulkhead_retention'] as const)(
    '%s has no way into the queue',
    async (role) => {
      const client = await connect(t.database.urlOf(role));
      await expect(client.query('SELECT FROM pgboss.job_common')).rejects.toMatchObject(refused);
      await client.end();
    },
  );

  test('an organization sees neither deliveries nor what nobody claimed', async () => {
    for (const table of ['webhook_deliveries', 'webhook_unclaimed']) {
      await enter(mine);
      await expect(tenant.query(`SELECT FROM ${table}`), table).rejects.toMatchObject(refused);
      await tenant.query('ROLLBACK');
    }
  });
});
