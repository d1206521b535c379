import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EntryDb } from '../../src/database/entry-db.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { Session } from '../../src/auth/session.entity.js';
import { User } from '../../src/auth/user.entity.js';
import { Member } from '../../src/organizations/member.entity.js';
import { Organization } from '../../src/organizations/organization.entity.js';
import {
  currentOrganization,
  enterOrganization,
  openContext,
  withinOrganization,
} from '../../src/tenancy/context.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';

let t: TestApp;
let tenantDb: TenantDb;
beforeAll(async () => {
  t = await startTestApp();
  tenantDb = t.app.get(TenantDb);
});
afterAll(() => t.close());

/** Works in an organization without a session, as a job does. */
const within = <Result>(organizationId: string, work: () => Promise<Result>) =>
  withinOrganization({ organizationId }, 'test', work);
const whoAmI = {
  text: `SELECT current_setting('app.organization_id') AS organization, count(*)::int AS members FROM members`,
};

/** Statements that reached the server on a door, from pg_stat_activity's point of view: the backends' last queries. */
async function lastStatements(): Promise<string[]> {
  const { rows } = await t.admin.query<{ query: string }>(
    `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bulkhead' AND usename = 'bulkhead_tenant'`,
  );
  return rows.map(({ query }) => query);
}

interface Seen {
  organization: string;
  members: number;
}

async function readOnce(): Promise<Seen> {
  const [row] = await tenantDb.read<Seen>(() => whoAmI);
  return row!;
}

/** Looks, waits so that the connection could be picked up by somebody else, and looks again through an entity. */
async function workLonger(): Promise<Seen> {
  return tenantDb.run(async (manager) => {
    await manager.query('SELECT pg_sleep(0.002)');
    const [row] = await manager.query<[Seen]>(whoAmI.text);
    const owners = (await manager.find(Member)).map(({ organizationId }) => organizationId);
    const all = new Set([...owners, row.organization, currentOrganization().organizationId]);
    return { organization: [...all].join(' and '), members: row.members };
  });
}

describe('TenantDb', () => {
  test('throws before any SQL when no organization was entered', async () => {
    const before = await lastStatements();
    await expect(tenantDb.read(() => whoAmI)).rejects.toThrow('no organization was entered');
    await expect(openContext('test', () => tenantDb.run(async () => 'never'))).rejects.toThrow(
      'no organization was entered',
    );
    expect(await lastStatements()).toEqual(before);
  });

  test('a raw query on its role without an organization sees no rows and writes none', async () => {
    await t.make.member(await t.make.organization());
    const raw = await connect(t.database.urlOf('bulkhead_tenant'));
    for (const table of ['organizations', 'members', 'idempotency_keys']) {
      expect((await raw.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
    expect((await raw.query('SELECT id, email FROM users')).rowCount).toBe(0);
    expect((await raw.query(`UPDATE members SET role = 'owner'`)).rowCount).toBe(0);
    await expect(raw.query('SELECT password_hash FROM users')).rejects.toMatchObject({ code: '42501' });
    await expect(raw.query('SELECT FROM sessions')).rejects.toMatchObject({ code: '42501' });
    await expect(raw.query('DELETE FROM members')).rejects.toMatchObject({ code: '42501' });
    await raw.end();
  });

  test('a connection that served one organization starts the next transaction with none', async () => {
    const [first] = await Promise.all([t.make.organization(), t.make.organization()]);
    const raw = await connect(t.database.urlOf('bulkhead_tenant'));
    await raw.query('BEGIN');
    await raw.query('SELECT auth_assert($1, NULL, NULL, NULL)', [first]);
    expect((await raw.query('SELECT FROM organizations')).rowCount).toBe(1);
    await raw.query('COMMIT');
    expect((await raw.query('SELECT FROM organizations')).rowCount).toBe(0);
    await raw.end();
  });

  test('a row of another organization can neither be written nor moved there', async () => {
    const [mine, theirs] = [await t.make.organization(), await t.make.organization()];
    const member = await t.make.member(mine);
    const insertion = within(mine, () =>
      tenantDb.run((manager) =>
        manager.query(
          `INSERT INTO idempotency_keys (organization_id, id, actor_id, method, route, key, request_hash, status_code)
           VALUES ($1, $2, $2, 'PATCH', '/', 'k', '', 200)`,
          [theirs, randomUUID()],
        ),
      ),
    );
    await expect(insertion).rejects.toMatchObject({ code: '42501' });
    const moved = within(mine, () =>
      tenantDb.run((manager) =>
        manager.query('UPDATE members SET organization_id = $1 WHERE id = $2', [theirs, member.id]),
      ),
    );
    await expect(moved).rejects.toMatchObject({ code: '42501' });
  });

  test('200 concurrent transactions of 50 organizations on a pool of 10 do not mix', async () => {
    const organizations = await Promise.all(Array.from({ length: 50 }, () => t.make.organization()));
    for (const [index, organization] of organizations.entries()) {
      for (let count = 0; count < 1 + (index % 3); count += 1) await t.make.member(organization);
    }
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        within(organizations[index % 50]!, () => (index % 2 === 0 ? readOnce() : workLonger())),
      ),
    );
    const expected = seen.map((_, index) => ({
      organization: organizations[index % 50]!,
      members: 1 + ((index % 50) % 3),
    }));
    expect(seen).toEqual(expected);
  });

  test('read is read-only', async () => {
    const organization = await t.make.organization();
    const write = within(organization, () =>
      tenantDb.read(() => ({ text: `UPDATE organizations SET name = 'x'` })),
    );
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });

  test('run commits all or nothing', async () => {
    const organization = await t.make.organization({ name: 'before' });
    const failing = within(organization, () =>
      tenantDb.run(async (manager) => {
        await manager.update(Organization, organization, { name: 'after' });
        throw new Error('changed my mind');
      }),
    );
    await expect(failing).rejects.toThrow('changed my mind');
    const [row] = await within(organization, () =>
      tenantDb.read<{ name: string }>(() => ({ text: 'SELECT name FROM organizations' })),
    );
    expect(row).toEqual({ name: 'before' });
  });

  test('a COMMIT that Postgres turned into a ROLLBACK is an error', async () => {
    const organization = await t.make.organization();
    const swallowed = within(organization, () =>
      tenantDb.run(async (manager) => {
        await manager.query('SELECT 1 / 0').catch(() => undefined);
        return 'looks fine';
      }),
    );
    await expect(swallowed).rejects.toThrow('rolled back');
  });

  test('nested work joins the transaction around it', async () => {
    const organization = await t.make.organization();
    await within(organization, () =>
      tenantDb.run(async (outer) => {
        await outer.update(Organization, organization, { name: 'inside' });
        await tenantDb.run(async (inner) => expect(inner).toBe(outer));
        expect(await tenantDb.read(() => ({ text: 'SELECT name FROM organizations' }))).toEqual([
          { name: 'inside' },
        ]);
      }),
    );
  });

  test('a manager kept beyond its transaction is of no use', async () => {
    const organization = await t.make.organization();
    let kept: EntityManager | undefined;
    await within(organization, () =>
      tenantDb.run(async (manager) => {
        kept = manager;
        await manager.query('SELECT');
      }),
    );
    await expect(kept!.query('SELECT 1')).rejects.toThrow(/released|ended/);
  });

  test('work that nobody waited for cannot read through a connection that is somebody else’s by then', async () => {
    const organization = await t.make.organization();
    let forgotten: Promise<unknown> | undefined;
    const gate = Promise.withResolvers<void>();
    await within(organization, () =>
      tenantDb.run(async (manager) => {
        await manager.query('SELECT');
        forgotten = gate.promise.then(async () =>
          Promise.allSettled([tenantDb.read(() => whoAmI), tenantDb.run(async () => 1)]),
        );
      }),
    );
    gate.resolve();
    const reason: unknown = expect.objectContaining({
      message: expect.stringContaining('the transaction has ended'),
    });
    expect(await forgotten).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
  });

  test('a statement that cannot be built takes no connection with it', async () => {
    const organization = await t.make.organization();
    const unbuildable = {
      getQueryAndParameters: (): [string, unknown[]] => {
        throw new Error('no such property');
      },
    };
    for (let attempt = 0; attempt < 25; attempt += 1) {
      const read = within(organization, () => tenantDb.read(() => unbuildable));
      await expect(read).rejects.toThrow('no such property');
    }
    expect(await within(organization, () => tenantDb.read(() => whoAmI))).toHaveLength(1);
  });

  test('nested work that failed takes the rest with it, even when its error is swallowed', async () => {
    const organization = await t.make.organization({ name: 'before' });
    const swallowed = within(organization, () =>
      tenantDb.run(async (manager) => {
        await manager.update(Organization, organization, { name: 'half' });
        await tenantDb.run(async () => Promise.reject(new Error('inner'))).catch(() => undefined);
      }),
    );
    await expect(swallowed).rejects.toThrow('nested work failed');
    const rows = await within(organization, () =>
      tenantDb.read(() => ({ text: 'SELECT name FROM organizations' })),
    );
    expect(rows).toEqual([{ name: 'before' }]);
  });

  test('a connection lost in the middle of a read or a run is an answer, not the end of the process', async () => {
    const organization = await t.make.organization();
    const locker = await connect(t.database.adminUrl);
    await locker.query('BEGIN; LOCK TABLE members IN ACCESS EXCLUSIVE MODE');
    const attempts = within(organization, () =>
      Promise.allSettled([
        tenantDb.read(() => whoAmI),
        tenantDb.run(async (manager) => manager.find(Member)),
      ]),
    );
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'bulkhead_tenant' AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await t.admin.query(waiting)).rowCount, { timeout: 10_000 }).toBe(2);
    await t.admin.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) w`);
    const outcomes = await attempts;
    expect(
      outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code),
    ).toEqual(['unavailable', 'unavailable']);
    await locker.query('ROLLBACK');
    await locker.end();
    await within(organization, () => tenantDb.assert());
  });

  test('S-26: the assertion runs before the work can write, whatever the work does first', async () => {
    const member = await t.make.signedIn();
    await t.http().delete('/v1/sessions/current').set(member.bearer).expect(204);
    const claims = JSON.parse(Buffer.from(member.accessToken.split('.')[1]!, 'base64url').toString()) as {
      sid: string;
    };
    const entered = {
      organizationId: member.organizationId,
      session: { id: claims.sid, userId: member.userId, role: 'owner' as const },
    };
    const write = withinOrganization(entered, 'test', () =>
      tenantDb.run((manager) => manager.update(Organization, member.organizationId, { name: 'too late' })),
    );
    await expect(write).rejects.toMatchObject({ code: 'session-ended' });
    const { rows } = await t.admin.query('SELECT name FROM organizations WHERE id = $1', [
      member.organizationId,
    ]);
    expect(rows).toEqual([{ name: 'Shop' }]);
  });

  test('a job in a suspended or unknown organization does nothing', async () => {
    const suspended = await t.make.organization({ status: 'suspended' });
    for (const organization of [suspended, randomUUID()]) {
      await expect(within(organization, () => tenantDb.assert())).rejects.toMatchObject({
        code: 'organization-suspended',
      });
    }
  });

  test('waits for a free connection and works on after errors', async () => {
    const organization = await t.make.organization();
    const failures = Array.from({ length: 30 }, () =>
      within(organization, () => tenantDb.run((manager) => manager.query('SELECT 1 / 0'))),
    );
    const outcomes = await Promise.allSettled(failures);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await within(organization, () => tenantDb.assert());
  });
});

describe('the context', () => {
  test('the organization is written once', () => {
    const organization = { organizationId: randomUUID() };
    expect(() => enterOrganization(organization)).toThrow('no context is open');
    openContext('test', () => {
      enterOrganization(organization);
      expect(() => enterOrganization({ organizationId: randomUUID() })).toThrow('already known');
      expect(currentOrganization()).toEqual(organization);
      expect(Object.isFrozen(currentOrganization())).toBe(true);
    });
  });

  test('does not leak into what runs beside it', async () => {
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        withinOrganization({ organizationId: String(index) }, 'test', async () => {
          await delay(Math.random() * 5);
          return currentOrganization().organizationId;
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
  });
});

describe('EntryDb', () => {
  test('sees of organizations and members only what is bound to the user', async () => {
    const entryDb = t.app.get(EntryDb);
    const member = await t.make.member(await t.make.organization());
    await t.make.member(member.organizationId);
    const counts = (manager: EntityManager) =>
      Promise.all([manager.count(Member), manager.count(Organization)]);
    expect(await entryDb.run({}, counts)).toEqual([0, 0]);
    expect(await entryDb.run({ userId: member.userId }, counts)).toEqual([1, 1]);
    expect(await entryDb.run({ organizationId: member.organizationId }, counts)).toEqual([0, 0]);
  });

  test('can join nobody but the bound user, to no organization but the bound one', async () => {
    const entryDb = t.app.get(EntryDb);
    const [userId, other] = [await t.make.user(), await t.make.user()];
    const [organizationId, elsewhere] = [await t.make.organization(), await t.make.organization()];
    const join = (user: string, organization: string) =>
      entryDb.run({ userId, organizationId }, (manager) =>
        manager.query(
          `INSERT INTO members (organization_id, id, user_id, role) VALUES ($1, $2, $3, 'owner')`,
          [organization, randomUUID(), user],
        ),
      );
    await expect(join(other, organizationId)).rejects.toMatchObject({ code: '42501' });
    await expect(join(userId, elsewhere)).rejects.toMatchObject({ code: '42501' });
    await join(userId, organizationId);
  });

  test('a session cannot be in an organization its user is no member of', async () => {
    const entryDb = t.app.get(EntryDb);
    const member = await t.make.signedIn();
    const foreign = await t.make.organization();
    const move = entryDb.run({ userId: member.userId }, (manager) =>
      manager.update(Session, { userId: member.userId }, { currentOrganizationId: foreign }),
    );
    await expect(move).rejects.toMatchObject({ code: '23503' });
  });

  test('reads and writes nothing else', async () => {
    const entry = await connect(t.database.urlOf('bulkhead_entry'));
    await expect(entry.query('SELECT FROM idempotency_keys')).rejects.toMatchObject({ code: '42501' });
    await expect(entry.query(`UPDATE members SET role = 'owner'`)).rejects.toMatchObject({ code: '42501' });
    await expect(entry.query('DELETE FROM sessions')).rejects.toMatchObject({ code: '42501' });
    await entry.end();
  });
});

describe('PlatformDb', () => {
  test('reads across organizations, never a password, and cannot write a customer’s row', async () => {
    await Promise.all([t.make.organization(), t.make.organization()]);
    const [row] = await t.app
      .get(PlatformDb)
      .read<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM organizations' });
    expect(row!.n).toBeGreaterThanOrEqual(2);
    const platform = await connect(t.database.urlOf('bulkhead_platform'));
    await expect(platform.query('SELECT password_hash FROM users')).rejects.toMatchObject({ code: '42501' });
    await expect(platform.query(`UPDATE organizations SET name = 'x'`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(platform.query('SELECT FROM sessions')).rejects.toMatchObject({ code: '42501' });
    await platform.end();
  });

  test('the password is not even selected by default', async () => {
    const userId = await t.make.user();
    const user = await t.app.get(EntryDb).run({}, (manager) => manager.findOneByOrFail(User, { id: userId }));
    expect(user.passwordHash).toBeUndefined();
  });
});
