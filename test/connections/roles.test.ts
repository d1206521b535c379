/** What the database itself refuses about connections, endpoints and events, whatever the code in front of it does. */
import { Client, Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { platformOwner } from '../../src/connections/vendors.js';
import type { RoleName } from '../../src/database/roles.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';
import { Factory, type MadeConnection, type MadeEndpoint } from '../support/factory.js';

let database: TestDatabase;
let admin: Pool;
let make: Factory;
let mine: MadeConnection;
let theirs: MadeConnection;
let platform: MadeEndpoint;
let event: string;
const doors = new Map<RoleName, Client>();

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new Pool({ connectionString: database.adminUrl, max: 1 });
  make = new Factory(admin, () => {
    throw new Error('there is no application here');
  });
  mine = await make.connection(await make.organization());
  theirs = await make.connection(await make.organization());
  platform = await make.endpoint();
  event = await make.webhookEvent(theirs);
  await make.webhookEvent(mine);
  const names = ['tenant', 'entry', 'platform', 'readonly', 'queue', 'retention', 'backup'] as const;
  for (const name of names) {
    const role = `bulkhead_${name}` as const;
    doors.set(role, await connect(database.urlOf(role)));
  }
});
afterAll(async () => {
  await Promise.all([...doors.values()].map((door) => door.end()));
  await admin.end();
  await database.drop();
});

const as = (role: RoleName) => doors.get(role)!;
const forbidden = { code: '42501' };
const checkViolated = { code: '23514' };
const keyViolated = { code: '23503' };

/** Inside my organization, in one transaction for each test. */
describe('bulkhead_tenant', () => {
  let tenant: Client;
  beforeEach(async () => {
    tenant = as('bulkhead_tenant');
    await tenant.query('BEGIN');
    await tenant.query('SELECT auth_assert($1, NULL, NULL, NULL)', [mine.organizationId]);
  });
  afterEach(async () => {
    await tenant.query('ROLLBACK');
  });

  interface Binding {
    readonly organizationId?: string;
    readonly endpointId?: string;
    readonly ownerId?: string;
    readonly provider?: string;
    readonly status?: string;
    readonly account?: string;
  }
  const insertConnection = ({
    organizationId = mine.organizationId,
    endpointId = mine.endpoint.id,
    ownerId = organizationId,
    provider = 'shopify',
    status = 'unverified',
    account = 'new.myshopify.com',
  }: Binding) =>
    tenant.query(
      `INSERT INTO connections (organization_id, id, provider, account, name, status, credentials, credentials_hint,
                                endpoint_id, endpoint_owner_id, verified_at)
       VALUES ($1, $2, $3, $4, 'New', $5, 'x', 'x', $6, $7, now())`,
      [organizationId, uuidv7(), provider, account, status, endpointId, ownerId],
    );

  test('binds a connection to its own endpoint, and to the platform’s', async () => {
    await insertConnection({});
    await insertConnection({ endpointId: platform.id, ownerId: platformOwner, account: 'b.myshopify.com' });
    expect((await tenant.query('SELECT FROM connections')).rowCount).toBe(3);
  });

  test('cannot bind one to another organization’s endpoint, whoever it says owns it', async () => {
    const theirEndpoint = { endpointId: theirs.endpoint.id };
    const attempts = [
      [{ ...theirEndpoint, ownerId: theirs.organizationId }, checkViolated],
      [{ ...theirEndpoint, ownerId: mine.organizationId }, keyViolated],
      [{ ...theirEndpoint, ownerId: platformOwner }, keyViolated],
      [{ endpointId: platform.id, ownerId: mine.organizationId }, keyViolated],
      [{ endpointId: mine.endpoint.id, ownerId: platformOwner }, keyViolated],
    ] as const;
    for (const [binding, refusal] of attempts) {
      await tenant.query('SAVEPOINT attempt');
      await expect(insertConnection(binding), JSON.stringify(binding)).rejects.toMatchObject(refusal);
      await tenant.query('ROLLBACK TO attempt');
    }
  });

  test('cannot bind one to an endpoint of another vendor', async () => {
    await expect(insertConnection({ provider: 'richpanel', account: 'desk' })).rejects.toMatchObject(
      keyViolated,
    );
  });

  test('cannot make one for another organization', async () => {
    const binding = { organizationId: theirs.organizationId, endpointId: theirs.endpoint.id };
    await expect(insertConnection(binding)).rejects.toMatchObject(forbidden);
  });

  test('cannot verify an account that another organization has verified', async () => {
    const taken = { status: 'verified', account: theirs.account };
    await expect(insertConnection(taken)).rejects.toMatchObject({
      code: '23505',
      constraint: 'connections_verified_account_key',
    });
  });

  test.each(['endpoint_id', 'endpoint_owner_id', 'provider', 'account', 'organization_id', 'id'])(
    'cannot change %s of a connection: what was verified stays what it is',
    async (column) => {
      const change = tenant.query(`UPDATE connections SET ${column} = ${column} WHERE id = $1`, [mine.id]);
      await expect(change).rejects.toMatchObject(forbidden);
    },
  );

  test.each(['key', 'owner_id', 'provider', 'id'])('cannot change %s of an endpoint', async (column) => {
    const change = tenant.query(`UPDATE endpoints SET ${column} = ${column} WHERE id = $1`, [
      mine.endpoint.id,
    ]);
    await expect(change).rejects.toMatchObject(forbidden);
  });

  test('sees its own endpoints, and neither another’s nor the platform’s', async () => {
    const { rows } = await tenant.query('SELECT id FROM endpoints');
    expect(rows).toEqual([{ id: mine.endpoint.id }]);
    const byKey = [theirs.endpoint.key, platform.key];
    expect((await tenant.query('SELECT FROM endpoints WHERE key = ANY ($1)', [byKey])).rowCount).toBe(0);
  });

  test('sees its own connections and events alone', async () => {
    const { rows } = await tenant.query('SELECT id FROM connections');
    expect(rows).toEqual([{ id: mine.id }]);
    const organizations = await tenant.query('SELECT DISTINCT organization_id AS id FROM webhook_events');
    expect(organizations.rows).toEqual([{ id: mine.organizationId }]);
    expect((await tenant.query('SELECT FROM webhook_events WHERE id = $1', [event])).rowCount).toBe(0);
  });

  test('changes neither another’s rows nor the platform’s', async () => {
    const changes: [string, string[]][] = [
      [`UPDATE connections SET status = 'disabled' WHERE id = $1`, [theirs.id]],
      [`UPDATE endpoints SET status = 'disabled' WHERE id = $1`, [theirs.endpoint.id]],
      [`UPDATE endpoints SET secret = 'mine' WHERE id = $1`, [platform.id]],
      [`UPDATE webhook_events SET handled_at = NULL WHERE id = $1`, [event]],
    ];
    for (const [text, values] of changes) expect((await tenant.query(text, values)).rowCount).toBe(0);
  });

  test.each([
    ['the platform', () => platformOwner],
    ['another organization', () => theirs.organizationId],
  ])('cannot make an endpoint for %s', async (_whose, owner) => {
    const insert = tenant.query(
      `INSERT INTO endpoints (id, key, provider, owner_id, secret) VALUES ($1, 'AAAAAAAAAAAAAAAAAAAAAA', 'shopify', $2, 'x')`,
      [uuidv7(), owner()],
    );
    await expect(insert).rejects.toMatchObject(forbidden);
  });

  test('cannot put an event on another organization’s connection', async () => {
    const insert = (organizationId: string) =>
      tenant.query(
        `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, payload, received_at)
         VALUES ($1, $2, $3, $2, 'x', 'x', '{}', now())`,
        [organizationId, uuidv7(), theirs.id],
      );
    await tenant.query('SAVEPOINT attempt');
    await expect(insert(theirs.organizationId)).rejects.toMatchObject(forbidden);
    await tenant.query('ROLLBACK TO attempt');
    await expect(insert(mine.organizationId)).rejects.toMatchObject(keyViolated);
  });

  test.each(['connections', 'endpoints', 'webhook_events'])('cannot delete from %s', async (table) => {
    await expect(tenant.query(`DELETE FROM ${table}`)).rejects.toMatchObject(forbidden);
  });

  test.each(['webhook_deliveries', 'webhook_unclaimed'])(
    'has no way to %s, which may hold facts of others',
    async (table) => {
      await expect(tenant.query(`SELECT FROM ${table}`)).rejects.toMatchObject(forbidden);
    },
  );
});

test('bulkhead_tenant sees nothing before an organization was entered', async () => {
  for (const table of ['connections', 'endpoints', 'webhook_events'])
    expect((await as('bulkhead_tenant').query(`SELECT FROM ${table}`)).rowCount).toBe(0);
});

/** Every attempt fails for want of a grant, and not for another reason. */
async function expectForbidden(role: RoleName, statements: readonly string[]): Promise<void> {
  for (const statement of statements)
    await expect(as(role).query(statement), `${role}: ${statement}`).rejects.toMatchObject(forbidden);
}

test('bulkhead_entry finds every endpoint by its key, and reads no connection and no event', async () => {
  const { rowCount } = await as('bulkhead_entry').query('SELECT key, secret FROM endpoints');
  expect(rowCount).toBe(3);
  await expectForbidden('bulkhead_entry', [
    'SELECT FROM connections',
    'SELECT id FROM connections',
    'SELECT FROM webhook_events',
    'SELECT FROM webhook_unclaimed',
    'SELECT body FROM webhook_deliveries',
    `UPDATE endpoints SET status = 'disabled'`,
    `UPDATE webhook_deliveries SET split_at = now()`,
    'DELETE FROM endpoints',
  ]);
});

test('bulkhead_platform sees every connection and endpoint, and none of their secrets', async () => {
  const door = as('bulkhead_platform');
  expect((await door.query('SELECT account, credentials_hint FROM connections')).rowCount).toBe(2);
  expect((await door.query('SELECT key FROM endpoints')).rowCount).toBe(3);
  await expectForbidden('bulkhead_platform', [
    'SELECT credentials FROM connections',
    'SELECT * FROM connections',
    'SELECT c FROM connections c',
    'SELECT secret FROM endpoints',
    'SELECT previous_secret FROM endpoints',
    'SELECT verify_token FROM endpoints',
    'SELECT * FROM endpoints',
    `UPDATE connections SET status = 'verified'`,
    `UPDATE endpoints SET status = 'disabled'`,
    `UPDATE webhook_events SET handled_at = now()`,
    `UPDATE webhook_deliveries SET body = ''`,
  ]);
});

test('bulkhead_platform makes endpoints of the platform’s own apps alone', async () => {
  const insert = (owner: string) =>
    as('bulkhead_platform').query(
      `INSERT INTO endpoints (id, key, provider, owner_id, secret) VALUES ($1, $2, 'shopify', $3, 'x')`,
      [uuidv7(), uuidv7().replaceAll('-', '').slice(-22), owner],
    );
  await expect(insert(mine.organizationId)).rejects.toMatchObject(forbidden);
  await insert(platformOwner);
  await admin.query(`DELETE FROM endpoints WHERE owner_id = $1 AND id <> $2`, [platformOwner, platform.id]);
});

test('bulkhead_readonly sees no secret either; queue and retention see nothing at all', async () => {
  await expectForbidden('bulkhead_readonly', [
    'SELECT credentials FROM connections',
    'SELECT secret FROM endpoints',
    'SELECT verify_token FROM endpoints',
  ]);
  for (const role of ['bulkhead_queue', 'bulkhead_retention'] as const) {
    await expectForbidden(role, [
      'SELECT FROM connections',
      'SELECT FROM endpoints',
      'SELECT FROM webhook_events',
      'SELECT FROM webhook_deliveries',
    ]);
  }
});

test('bulkhead_backup reads every row and column, or what it saves would not be complete', async () => {
  const door = as('bulkhead_backup');
  expect((await door.query('SELECT * FROM connections')).rowCount).toBe(2);
  expect((await door.query('SELECT * FROM endpoints')).rowCount).toBe(3);
  expect((await door.query('SELECT * FROM webhook_events')).rowCount).toBe(2);
});

describe('whoever writes', () => {
  test.each([
    ['a key that is not 128 bits', `UPDATE endpoints SET key = 'short'`],
    ['a WhatsApp endpoint without a verify token', `UPDATE endpoints SET provider = 'whatsapp'`],
    ['a verify token of another vendor', `UPDATE endpoints SET verify_token = 'x'`],
    ['verified with a problem', `UPDATE connections SET problem = 'uninstalled'`],
    ['verified at no time', 'UPDATE connections SET verified_at = NULL'],
    ['an unknown status', `UPDATE connections SET status = 'maybe'`],
  ])('%s is refused', async (_what, statement) => {
    await expect(admin.query(statement)).rejects.toMatchObject(checkViolated);
  });

  test('an endpoint does not change hands under a connection', async () => {
    const move = admin.query('UPDATE endpoints SET owner_id = $1 WHERE id = $2', [
      theirs.organizationId,
      mine.endpoint.id,
    ]);
    await expect(move).rejects.toMatchObject(keyViolated);
  });
});
