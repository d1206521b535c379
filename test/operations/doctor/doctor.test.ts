/** `ops doctor`: one environment everywhere, or it says where not, and how to mend it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import { policies } from '../../../src/environment/policy.js';
import { DemoData } from '../../../src/operations/demo-data.js';
import { doctor } from '../../../src/operations/doctor/doctor.js';
import { maskedUrl } from '../../../src/operations/doctor/masked.js';
import type { DoctorCheck } from '../../../src/operations/doctor/check.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase } from '../../support/database.js';

let t: TestApp;
let settings: Settings;
beforeAll(async () => {
  t = await startTestApp();
  await t.app.get(DemoData).seed('a password of the demo');
  settings = withUrls({
    owner: t.database.urlOf('bulkhead_owner'),
    readonly: t.database.urlOf('bulkhead_readonly'),
  });
});
afterAll(() => t.close());

const withUrls = (urls: Partial<Settings['databaseUrls']>, of = t.settings): Settings => ({
  ...of,
  databaseUrls: { ...of.databaseUrls, ...urls },
});
const planned = async (sql: string) => t.admin.query(sql);

async function examined(of = settings, readMongoStamp?: () => Promise<Settings['environment'] | undefined>) {
  const { lines, data, code } = await doctor(of, {}, readMongoStamp && { readMongoStamp });
  const { checks } = data as { checks: readonly DoctorCheck[] };
  return {
    lines,
    code,
    checks,
    wrongs: checks.filter(({ ok }) => !ok),
    printed: JSON.stringify([lines, data]),
  };
}

/** What is planted is found, and after it all is well again. */
async function foundWith(sql: string, undo: string): Promise<readonly DoctorCheck[]> {
  await planned(sql);
  try {
    const { wrongs, code } = await examined();
    expect(code).toBe(wrongs.length > 0 ? 1 : 0);
    return wrongs;
  } finally {
    await planned(undo);
    expect((await examined()).wrongs).toEqual([]);
  }
}

test('all is well: every URL, masked, with its stamp and role; 0', async () => {
  const { code, lines, checks, printed } = await examined();
  expect([code, lines.at(-1)]).toEqual([0, 'all is well']);
  for (const door of [
    'URL',
    'ENTRY_URL',
    'PLATFORM_URL',
    'QUEUE_URL',
    'DIRECT_URL',
    'OWNER_URL',
    'READONLY_URL',
  ])
    for (const what of ['database', 'stamp', 'role'])
      expect(checks).toContainEqual(
        expect.objectContaining({
          what,
          ok: true,
          where: expect.stringContaining(`DATABASE_${door} postgres://bulkhead_`),
        }),
      );
  const { host } = new URL(settings.databaseUrls.tenant);
  expect(lines).toContain(
    `ok     database      DATABASE_URL postgres://bulkhead_tenant:••••@${host}/${t.database.name}: leads to ${t.database.name}, stamped local, bulkhead_tenant with no power beyond its door`,
  );
  for (const url of Object.values(settings.databaseUrls).filter((each) => each !== undefined))
    expect(printed).not.toContain(new URL(url).password);
  expect(new Set(checks.map(({ what }) => what))).toEqual(
    new Set([
      'environment',
      'database',
      'stamp',
      'role',
      'provider',
      'migrations',
      'catalog',
      'flags',
      'demo data',
    ]),
  );
});

test('nothing is written', async () => {
  const written = `SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS changes FROM pg_stat_user_tables ORDER BY 1`;
  const content = async () => {
    const tables = await t.admin.query<{ relname: string }>(written);
    const sums = tables.rows.map(async ({ relname }) =>
      relname === 'job' || !/^[a-z_]+$/.test(relname)
        ? ''
        : (await t.admin.query(`SELECT to_regclass('public.${relname}') AS there`)).rows[0].there &&
          (
            await t.admin.query(
              `SELECT md5(string_agg(r::text || xmin, ',' ORDER BY ctid)) AS sum FROM public.${relname} r`,
            )
          ).rows,
    );
    return JSON.stringify(await Promise.all(sums));
  };
  const before = await content();
  await examined();
  expect(await content()).toBe(before);
});

describe('finds', () => {
  test('another stamp, of every door; and then asks no further', async () => {
    await planned(`UPDATE environment_stamp SET environment = 'production'`);
    try {
      const { code, wrongs, lines } = await examined();
      expect(code).toBe(1);
      expect(wrongs.map(({ what }) => what)).toEqual([
        ...Array.from({ length: 7 }, () => 'stamp'),
        'structure',
      ]);
      expect(lines).toContainEqual(
        expect.stringMatching(
          /^WRONG {2}stamp .*says production, and this is local\. Mend: name the right database$/,
        ),
      );
    } finally {
      await planned(`UPDATE environment_stamp SET environment = 'local'`);
    }
  });

  test('no stamp', async () => {
    const wrongs = await foundWith(
      'ALTER TABLE environment_stamp RENAME TO hidden',
      'ALTER TABLE hidden RENAME TO environment_stamp',
    );
    expect(wrongs[0]).toMatchObject({
      what: 'stamp',
      found: 'none, and this is local',
      mend: 'npm run ops -- provision',
    });
  });

  test('a URL into another database, and one that leads nowhere', async () => {
    const second = await createTestDatabase();
    try {
      const elsewhere = await examined(withUrls({ queue: second.urlOf('bulkhead_queue') }, settings));
      expect(elsewhere.wrongs).toEqual([
        expect.objectContaining({
          what: 'database',
          found: `leads to ${second.name}, not ${t.database.name}`,
        }),
      ]);
    } finally {
      await second.drop();
    }
    const gone = await examined(withUrls({ queue: second.urlOf('bulkhead_queue') }, settings));
    expect(gone.wrongs).toEqual([
      expect.objectContaining({
        what: 'database',
        found: 'cannot be asked (3D000)',
        mend: expect.stringContaining('address'),
      }),
    ]);
  });

  test('a database name that is not this environment’s', async () => {
    const { wrongs } = await examined({ ...settings, databaseName: 'bulkhead' });
    expect(wrongs[0]).toMatchObject({ what: 'environment', found: 'bulkhead is no name of local' });
  });

  test('a superuser, and another role, at a door', async () => {
    const superuser = await examined(withUrls({ readonly: t.database.adminUrl }, settings));
    expect(superuser.wrongs).toEqual([
      expect.objectContaining({
        what: 'role',
        found: expect.stringMatching(/must as bulkhead_readonly; \w+ is a superuser; \w+ has BYPASSRLS$/),
      }),
    ]);
    const owner = await examined(withUrls({ tenant: t.database.urlOf('bulkhead_owner') }, settings));
    expect(owner.wrongs).toEqual([
      expect.objectContaining({
        what: 'role',
        found: expect.stringMatching(/signs in as bulkhead_owner.*owns /),
      }),
    ]);
  });

  test('a role that may delete, and a grant too many, once each', async () => {
    const wrongs = await foundWith(
      'GRANT DELETE ON members TO bulkhead_tenant',
      'REVOKE DELETE ON members FROM bulkhead_tenant',
    );
    expect(wrongs).toEqual([
      expect.objectContaining({
        what: 'role',
        found: 'bulkhead_tenant may DELETE from or TRUNCATE members',
      }),
      expect.objectContaining({
        what: 'catalog',
        where: expect.stringContaining('bulkhead_tenant DELETE members'),
      }),
    ]);
  });

  test('a pending migration, and one that this build does not know', async () => {
    const pending = await foundWith(
      `UPDATE migrations SET name = 'Later9999999999999' WHERE name LIKE 'Environment%'`,
      `UPDATE migrations SET name = 'Environment1763744400000' WHERE name = 'Later9999999999999'`,
    );
    expect(pending.map(({ what, found }) => [what, found])).toEqual([
      ['migrations', 'Later9999999999999 is unknown to this build'],
      ['migrations', 'Environment1763744400000 is pending'],
      ['structure', 'was not compared'],
    ]);
  });

  test('a database without tables', async () => {
    const empty = await createTestDatabase({ empty: true });
    try {
      const { code, wrongs } = await examined(empty.settings());
      expect(code).toBe(1);
      const found = new Map(wrongs.map((each) => [each.what, each.found]));
      expect(found.get('migrations')).toContain('is pending');
      expect(found.get('structure')).toBe('was not compared');
    } finally {
      await empty.drop();
    }
  });

  test('many differences in the catalog: some, and how many more', async () => {
    const wrongs = await foundWith(
      'GRANT INSERT ON ALL TABLES IN SCHEMA public TO bulkhead_retention',
      'REVOKE INSERT ON ALL TABLES IN SCHEMA public FROM bulkhead_retention',
    );
    expect(wrongs.length).toBe(11);
    expect(wrongs.at(-1)).toMatchObject({
      what: 'catalog',
      found: expect.stringMatching(/^\d+ more$/),
      mend: 'npm run ops -- catalog lists them',
    });
  });

  test('a table that cannot be read', async () => {
    const wrongs = await foundWith(
      'REVOKE SELECT ON platform_flags FROM bulkhead_platform',
      'GRANT SELECT ON platform_flags TO bulkhead_platform',
    );
    expect(wrongs.map(({ what, found }) => [what, found])).toEqual([
      ['catalog', 'is declared in roles.ts but not granted'],
      ['flags', 'cannot be read (42501)'],
    ]);
  });

  test('a missing demo organization, another kind of it, and a member who left', async () => {
    const set = (column: string, value: string, slug: string) =>
      `UPDATE organizations SET ${column} = '${value}' WHERE slug = '${slug}'`;
    const gone = await foundWith(
      set('slug', 'gone', 'volt-motors-demo'),
      set('slug', 'volt-motors-demo', 'gone'),
    );
    expect(gone).toEqual([
      expect.objectContaining({
        where: 'volt-motors-demo',
        found: 'is not there',
        mend: 'npm start seeds it',
      }),
    ]);
    const customer = await foundWith(
      set('kind', 'customer', 'harbor-bikes-demo'),
      set('kind', 'demo', 'harbor-bikes-demo'),
    );
    expect(customer).toEqual([expect.objectContaining({ found: 'is of the kind customer' })]);
    const member = (status: string) =>
      `UPDATE members SET status = '${status}' FROM users u WHERE u.id = user_id AND u.email = 'vera@volt-motors.example'`;
    const left = await foundWith(member('removed'), member('active'));
    expect(left).toEqual([
      expect.objectContaining({ found: 'has no active member vera@volt-motors.example viewer' }),
    ]);
  });

  test('where there is no demo data: our own organization missing, and a demo one there', async () => {
    const policy = { ...settings.policy, demoData: false, ownOrganization: policies.staging.ownOrganization };
    const { wrongs } = await examined({ ...settings, policy });
    expect(wrongs).toEqual([
      expect.objectContaining({ what: 'demo data', where: 'harbor-bikes-demo, volt-motors-demo' }),
      expect.objectContaining({
        what: 'our own',
        where: 'bulkhead-staging-test',
        found: 'is not there',
        mend: 'npm run ops -- provision',
      }),
    ]);
    const id = await t.make.organization();
    const made = (kind: string) =>
      planned(`UPDATE organizations SET slug = 'bulkhead-staging-test', kind = '${kind}' WHERE id = '${id}'`);
    await made('customer');
    expect((await examined({ ...settings, policy })).wrongs.at(-1)).toMatchObject({
      found: 'is customer and active, not internal and active',
    });
    await made('internal');
    expect((await examined({ ...settings, policy })).checks.at(-1)).toMatchObject({
      what: 'our own',
      ok: true,
    });
    await planned(`DELETE FROM organizations WHERE id = '${id}'`);
  });

  test('a provider that is not allowed here', async () => {
    const { wrongs } = await examined({ ...settings, providers: { ...settings.providers, shopify: 'off' } });
    expect(wrongs).toEqual([
      expect.objectContaining({ what: 'provider', where: 'SHOPIFY_PROVIDER', mend: 'one of mock' }),
    ]);
  });

  test('MongoDB of another environment, of another name, away, or asked by nobody', async () => {
    const named = (database: string) => ({
      ...settings,
      mongoUrl: `mongodb://someone:mongo-password@one.test,two.test/${database}?a=b`,
    });
    const mongo = named(t.database.name);
    const stamped = await examined(mongo, async () => 'local');
    expect([stamped.code, stamped.wrongs]).toEqual([0, []]);
    expect(stamped.printed).toContain(`mongodb://••••@one.test,two.test/${t.database.name}`);
    expect(stamped.printed).not.toMatch(/mongo-password|someone/);
    const found = async (of: Settings, reader?: () => Promise<Settings['environment'] | undefined>) =>
      (await examined(of, reader)).wrongs.map((each) => [each.what, each.found]);
    expect(await found(mongo, async () => 'production')).toEqual([
      ['stamp', 'production, and this is local'],
    ]);
    expect(await found(mongo, async () => undefined)).toEqual([['stamp', 'none, and this is local']]);
    expect(await found(mongo)).toEqual([['stamp', 'was not asked: this build has no reader']]);
    expect(await found(named('bulkhead'), async () => 'local')).toEqual([
      ['stamp', `names another database than ${t.database.name}`],
    ]);
    const away = async () =>
      Promise.reject(new TypeError('mongodb://someone:mongo-password@one.test is away'));
    expect(await found(mongo, away)).toEqual([['stamp', 'cannot be asked (TypeError)']]);
  });
});

test.each([
  [
    'postgresql://bulkhead_tenant:hunter2@db.example:5432/bulkhead',
    'postgresql://bulkhead_tenant:••••@db.example:5432/bulkhead',
  ],
  ['postgres://a:p%40ss@[::1]/b?sslmode=require&password=hunter2', 'postgres://a:••••@[::1]/b'],
  ['mongodb+srv://a:b@c.test/d?authSource=hunter2', 'mongodb+srv://••••@c.test/d'],
  ['mongodb://c.test,d.test/e', 'mongodb://c.test,d.test/e'],
  ['ftp://a:hunter2@b.test/c', '••••'],
  ['hunter2', '••••'],
])('%s is shown as %s', (url, shown) => {
  expect(maskedUrl(url)).toBe(shown);
});
