/** A database says itself which environment it belongs to (S0.1). */
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Doors } from '../../src/database/doors.js';
import { provision, withClient } from '../../src/database/provision.js';
import { roleNames } from '../../src/database/roles.js';
import { readStamp, StampError, stampVerifier, writeStamp } from '../../src/database/stamp.js';
import { createBoss } from '../../src/jobs/job-queue.js';
import { startTestApp, type TestApp } from '../support/app.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const restamp = async (environment: string) =>
  t.admin.query('UPDATE environment_stamp SET environment = $1', [environment]);

describe('the stamp', () => {
  test('is what provisioning wrote, for every role to read and for none but the owner to change', async () => {
    for (const role of roleNames) {
      await withClient(t.database.urlOf(role), async (client) => {
        expect(await readStamp(client), role).toBe('local');
        if (role === 'bulkhead_owner') return;
        for (const change of [
          `UPDATE environment_stamp SET environment = 'production'`,
          `INSERT INTO environment_stamp VALUES (false, 'production')`,
          'DELETE FROM environment_stamp',
          'DROP TABLE environment_stamp',
        ])
          await expect(client.query(change), `${role}: ${change}`).rejects.toThrow(
            /permission denied|must be owner|read-only/,
          );
      });
    }
  });

  test('is one, and stays what it is', async () => {
    await withClient(t.database.adminUrl, async (admin) => {
      await expect(writeStamp(admin, 'staging')).rejects.toThrow(StampError);
      await expect(
        admin.query(`INSERT INTO environment_stamp VALUES (false, 'staging')`),
      ).rejects.toMatchObject({ code: '23514' });
      await writeStamp(admin, 'local');
      expect(await readStamp(admin)).toBe('local');
    });
  });

  test('of no environment counts as none', async () => {
    await restamp('constructor');
    expect(await withClient(t.database.adminUrl, readStamp)).toBeUndefined();
    await restamp('local');
  });
});

describe('a database of another environment', () => {
  test('is provisioned by nobody, and nothing of it is changed', async () => {
    const { adminUrl } = inject('postgres');
    const database = t.database.name;
    const rolesOf = async () =>
      (await t.admin.query('SELECT rolname, rolpassword FROM pg_authid ORDER BY 1')).rows;
    const before = await rolesOf();
    const passwords = { bulkhead_tenant: 'another-password-1234567' };
    const provisioned = provision({ environment: 'production', adminUrl, database, passwords });
    await expect(provisioned).rejects.toThrow('the stamp of the database says local, and this is production');
    expect(await rolesOf()).toEqual(before);
  });

  test('is no place for a command: nothing is asked of it', async () => {
    let asked = false;
    const work = withClient(t.database.urlOf('bulkhead_platform'), async () => (asked = true), 'staging');
    await expect(work).rejects.toThrow(StampError);
    expect(asked).toBe(false);
  });

  test('is handed to nobody by a pool, not even to who was connected before', async () => {
    const pool = new Pool({
      connectionString: t.database.urlOf('bulkhead_tenant'),
      max: 2,
      verify: stampVerifier('local'),
    });
    const first = await pool.connect();
    await restamp('production');
    await expect(pool.connect()).rejects.toThrow(StampError);
    await restamp('local');
    (await pool.connect()).release();
    first.release();
    await pool.end();
  });

  test('stops the doors and the queue of a running process at their next connection', async () => {
    const { tenant } = t.app.get(Doors);
    await restamp('production');
    await expect(
      Promise.all(Array.from({ length: 12 }, async () => tenant.query('SELECT pg_sleep(0.05)'))),
    ).rejects.toThrow(StampError);
    await expect(t.another({ ROLE: 'worker' })).rejects.toThrow(StampError);
    const boss = createBoss(t.settings, false);
    boss.on('error', () => undefined);
    await expect(boss.start()).rejects.toThrow(StampError);
    await restamp('local');
    expect((await t.http().get('/readyz')).status).toBe(200);
  });
});
