import { Writable } from 'node:stream';
import type { Response } from 'supertest';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../../src/app.js';
import { createLogger } from '../../../src/logging/logger.js';
import { nobodyAnswers } from '../../../src/providers/account.js';
import { RichpanelProvider } from '../../../src/providers/richpanel/richpanel.provider.js';
import { ShopifyProvider } from '../../../src/providers/shopify/shopify.provider.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem } from '../answers.js';
import {
  connect,
  connectionThroughPlatform,
  connectionTo,
  countsOf,
  credentialsKept,
  credentialsOf,
  meeting,
  newAccount,
  newSecret,
  post,
  providersOf,
  saying,
  secretsOf,
  signal,
  stored,
  textOf,
  vendors,
  type Answered,
} from './connecting.js';

let t: TestApp;
let owner: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  owner = await t.make.signedIn();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => t.close());

const nothing = { connections: 0, endpoints: 0 };
const providers = () => providersOf(t);
const shopifySays = (whoAmI: ShopifyProvider['whoAmI']) =>
  vi.spyOn(t.app.get(ShopifyProvider), 'whoAmI').mockImplementation(whoAmI);

describe('a connection that its vendor verifies', () => {
  test.each(vendors)('%s: the answer is all there is to know, and no more', async (provider) => {
    const body = connectionTo(provider);
    const answer = await post(t, owner, body).expect(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provider,
      account: body.account,
      name: 'Main',
      status: 'verified',
      problem: null,
      credentials: { hint: expect.stringMatching(/^••••.{4}$/) },
      webhook: {
        path: expect.stringMatching(new RegExp(`^/webhooks/${provider}/[A-Za-z0-9_-]{22}$`)),
        previousSecretValid: false,
      },
      verifiedAt: expect.stringMatching(/Z$/),
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(answer.headers['etag']).toBe('"1"');
  });

  test.each(vendors)(
    '%s: what was given is kept, sealed for this connection and endpoint alone',
    async (provider) => {
      const body = connectionTo(provider);
      const { id, webhook } = await connect(t, owner, body);
      expect(await credentialsKept(t, owner, id)).toEqual(body.credentials);
      expect(await secretsOf(t, id)).toEqual([
        body.webhook['secret'],
        null,
        body.webhook['verifyToken'] ?? null,
      ]);
      const { connection, endpoint } = await stored(t, id);
      expect(webhook.path).toBe(`/webhooks/${provider}/${String(endpoint['key'])}`);
      // The organization's own.
      expect(connection).toMatchObject({
        organization_id: owner.organizationId,
        endpoint_id: endpoint.id,
        endpoint_owner_id: owner.organizationId,
        status: 'verified',
      });
      expect(endpoint).toMatchObject({ owner_id: owner.organizationId, provider, status: 'active' });
    },
  );

  test('every endpoint has a key and an id of its own, even of one organization and vendor', async () => {
    const made = [];
    for (let count = 0; count < 3; count += 1) made.push(await connect(t, owner, connectionTo('shopify')));
    expect(new Set(made.map(({ webhook }) => webhook.path)).size).toBe(3);
  });

  test('a Shopify app of today has an id and a secret instead of a token', async () => {
    const account = newAccount('shopify');
    const { accessToken: clientSecret } = credentialsOf('shopify', account) as { accessToken: string };
    const credentials = { clientId: 'client-id-of-the-app', clientSecret };
    const answered = await connect(t, owner, { ...connectionTo('shopify', account), credentials });
    expect(answered).toMatchObject({
      status: 'verified',
      credentials: { hint: `••••${clientSecret.slice(-4)}` },
    });
    expect(await credentialsKept(t, owner, answered.id)).toEqual(credentials);
  });

  test('spaces around name and account do not count', async () => {
    const body = connectionTo('shopify');
    const padded = { ...body, account: `  ${body.account}\n`, name: '  Our shop ' };
    expect(await connect(t, owner, padded)).toMatchObject({
      account: body.account,
      name: 'Our shop',
      status: 'verified',
    });
  });

  test('the vendor is asked once, with what was given, while no transaction waits for it', async () => {
    const open = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'bulkhead_%' AND state LIKE 'idle in transaction%'`;
    let waiting: number | null = null;
    const asked = shopifySays(async (shop) => {
      waiting = (await t.admin.query(open)).rowCount;
      return saying({ kind: 'account', account: shop });
    });
    const { account, ...body } = connectionTo('shopify');
    await connect(t, owner, { ...body, account });
    expect(asked.mock.calls).toEqual([[account, body.credentials]]);
    expect(waiting).toBe(0);
  });
});

describe('no secret is shown', () => {
  const secretsIn = (body: { credentials: object; webhook: object }) =>
    [...Object.values(body.credentials), ...Object.values(body.webhook)] as string[];

  test.each(vendors)(
    '%s: neither in an answer nor in the database, which holds them sealed',
    async (provider) => {
      const body = connectionTo(provider);
      const secrets = secretsIn(body);
      const answers: Response[] = [await post(t, owner, body).expect(201)];
      answers.push(await post(t, owner, body)); // refused: it exists
      answers.push(await t.http().get('/v1/connections').query({ limit: '100' }).set(owner.bearer));
      answers.push(
        await t
          .http()
          .patch(`/v1/connections/${answers[0]!.body.id}`)
          .set(owner.bearer)
          .send({ name: 'New' }),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 409, 200, 200]);
      const rows = JSON.stringify(await stored(t, answers[0]!.body.id));
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(16);
        // The hint may show the last four characters, and nothing before them.
        for (const text of [...answers.map(textOf), rows]) expect(text).not.toContain(secret.slice(0, -4));
      }
      const { connection, endpoint } = await stored(t, answers[0]!.body.id);
      const sealed = [connection.credentials, endpoint.secret, endpoint.verify_token].filter(
        (each) => each !== null,
      );
      expect(sealed).toHaveLength(provider === 'whatsapp' ? 3 : 2);
      for (const each of sealed) expect(each).toMatch(/^eyJ[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
    },
  );

  test.each([
    ['shpat_mock_a', '••••'],
    ['shpat_mock_abcdefgh', '••••'],
    ['shpat_mock_abcdefghi', '••••fghi'],
  ])('of %s the hint is %s: of a short secret nothing is told', async (accessToken, hint) => {
    const { credentials } = await connect(t, owner, {
      ...connectionTo('shopify'),
      credentials: { accessToken },
    });
    expect(credentials).toEqual({ hint });
  });

  test('an answer that refuses does not repeat what it refuses', async () => {
    const secret = newSecret();
    const wrong = [
      { credentials: { accessToken: `${secret} ` } },
      { credentials: { accessToken: secret, apiKey: secret } },
      { credentials: secret },
      { webhook: { secret: `${secret}\n` } },
      { webhook: { secret: newSecret(), verifyToken: secret } },
      { webhook: secret },
      { account: secret },
    ];
    for (const change of wrong) {
      const answer = await post(t, owner, { ...connectionTo('shopify'), ...change });
      expect(answer.status).toBe(400);
      expect(textOf(answer)).not.toContain(secret);
    }
    // Nor does one that cannot read it at all.
    for (const broken of [`{"credentials":{"accessToken":${secret}}}`, secret, `{"webhook":"${secret}`]) {
      const attempt = t.http().post('/v1/connections').set(owner.bearer);
      const answer = await attempt.set('content-type', 'application/json').send(broken);
      expectProblem(answer, 'malformed-request');
      expect(textOf(answer)).not.toContain(secret.slice(0, 8));
    }
  });

  test('none is logged, at whatever level, whatever goes wrong', async () => {
    let logged = '';
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    });
    const settings = t.database.settings({ LOG_LEVEL: 'debug' });
    const app = await createApp(settings, createLogger(settings, destination));
    await app.listen(0, '127.0.0.1');
    const send = (body: object) =>
      request(app.getHttpServer()).post('/v1/connections').set(owner.bearer).send(body);
    const bodies = vendors.map((provider) => connectionTo(provider));
    for (const body of bodies) {
      await send(body).expect(201);
      await send(body).expect(409);
      await send({ ...body, account: 'no account at all' }).expect(400);
      await send({ ...body, account: newAccount(body.provider) }).expect(201);
    }
    // What nobody foresaw: the database refuses a row that was to hold them.
    await t.admin.query(
      `ALTER TABLE connections ADD CONSTRAINT unforeseen CHECK (account <> 'unforeseen.myshopify.com')`,
    );
    const unforeseen = connectionTo('shopify', 'unforeseen.myshopify.com');
    expectBareProblem(await send(unforeseen), 'internal');
    await t.admin.query('ALTER TABLE connections DROP CONSTRAINT unforeseen');
    await app.close();
    expect(logged).toContain('unforeseen');
    expect(logged).toContain('/v1/connections');
    for (const secret of [...bodies, unforeseen].flatMap(secretsIn))
      expect(logged).not.toContain(secret.slice(0, -4));
  });
});

describe('what the vendor does not confirm is stored, but not verified', () => {
  const unverified = (problem: string) => ({ status: 'unverified', problem, verifiedAt: null });

  test.each(vendors)('%s: credentials that it refuses', async (provider) => {
    const wrong = { accessToken: 'not-a-token-of-theirs', apiKey: 'not-a-token-of-theirs' };
    const { credentials, ...body } = connectionTo(provider);
    const [name] = Object.keys(credentials) as ['accessToken' | 'apiKey'];
    const answer = await post(t, owner, { ...body, credentials: { [name]: wrong[name] } }).expect(201);
    expect(answer.body).toMatchObject(unverified('credentials-refused'));
    const { connection } = await stored(t, answer.body.id);
    expect(connection).toMatchObject({
      status: 'unverified',
      problem: 'credentials-refused',
      verified_at: null,
    });
  });

  test.each(vendors)('%s: credentials of another account', async (provider) => {
    const credentials = credentialsOf(provider, newAccount(provider));
    const answer = await post(t, owner, { ...connectionTo(provider), credentials }).expect(201);
    expect(answer.body).toMatchObject(unverified('account-mismatch'));
  });

  test('S4.2: an account that this environment does not list is not even asked for', async () => {
    const [listed, other] = [newAccount('shopify'), newAccount('shopify')];
    const http = await t.another({ SHOPIFY_ACCOUNTS: `${listed},else.myshopify.com` });
    const create = async (account: string) =>
      http().post('/v1/connections').set(owner.bearer).send(connectionTo('shopify', account)).expect(201);
    expect((await create(listed)).body).toMatchObject({ status: 'verified', problem: null });
    const refused = await create(other);
    expect(refused.body).toMatchObject(unverified('account-not-listed'));
    // Nor when it is enabled later.
    const enabled = await http()
      .patch(`/v1/connections/${refused.body.id}`)
      .set({ ...owner.bearer, 'if-match': '"1"' })
      .send({ status: 'enabled' });
    expect([enabled.status, enabled.body.code]).toEqual([422, 'account-not-listed']);
    // The list is of one vendor.
    expect(
      (await http().post('/v1/connections').set(owner.bearer).send(connectionTo('richpanel'))).body,
    ).toMatchObject({
      status: 'verified',
    });
  });

  test('an account whose name only begins or ends alike is another account', async () => {
    for (const said of ['main-a.myshopify.com', 'a.myshopify.com.evil.example', 'a.myshopify.comm', '']) {
      shopifySays(async () => saying({ kind: 'account', account: said }));
      const stranger = await t.make.signedIn();
      const answer = await post(t, stranger, connectionTo('shopify', 'a.myshopify.com')).expect(201);
      expect(answer.body).toMatchObject(unverified('account-mismatch'));
    }
  });

  test('a vendor that does not answer, or that nobody speaks to here', async () => {
    for (const provider of providers())
      vi.spyOn(provider, 'whoAmI').mockImplementation(async () => saying(nobodyAnswers));
    for (const provider of vendors) {
      const answer = await post(t, owner, connectionTo(provider)).expect(201);
      expect(answer.body).toMatchObject(unverified('vendor-unavailable'));
    }
  });

  test('an account that another organization has verified: both are told, and the other one stays', async () => {
    const body = connectionTo('shopify');
    const first = await connect(t, owner, body);
    const second = await t.make.signedIn();
    const answer = await post(t, second, { ...body, webhook: { secret: newSecret() } }).expect(201);
    expect(answer.body).toMatchObject({ ...unverified('account-taken'), version: 1 });
    expect(answer.text).not.toContain(first.id);
    expect(answer.body.webhook.path).not.toBe(first.webhook.path);
    expect((await stored(t, first.id)).connection).toMatchObject({ status: 'verified' });
    expect(await countsOf(t, second.organizationId)).toEqual({ connections: 1, endpoints: 1 });
    expect(await credentialsKept(t, second, answer.body.id)).toEqual(body.credentials);
  });

  test('what one organization has not verified takes nothing from another', async () => {
    const body = connectionTo('whatsapp');
    const squatter = await t.make.signedIn();
    const squatted = await connect(t, squatter, {
      ...body,
      credentials: { accessToken: 'some-token-of-mine' },
    });
    expect(squatted.status).toBe('unverified');
    expect(await connect(t, owner, body)).toMatchObject({ status: 'verified' });
  });

  test('an account is one account however it is written: it cannot be verified twice', async () => {
    const [account, other] = ['acme-support', 'ACME-Support'];
    const vendor = vi.spyOn(t.app.get(RichpanelProvider), 'whoAmI');
    // The vendor does not care for capitals, and answers in its own spelling.
    vendor.mockImplementation(async () => saying({ kind: 'account', account }));
    const first = await connect(t, owner, connectionTo('richpanel', account));
    const second = await connect(t, await t.make.signedIn(), connectionTo('richpanel', other));
    expect([first.status, second.status]).toEqual(['verified', 'unverified']);
  });
});

describe('at the same moment', () => {
  /** Everybody who asks waits until all have asked: they come to the database together. */
  const together = (size: number) => {
    const met = meeting(size);
    shopifySays(async (account) => {
      await met();
      return saying({ kind: 'account', account });
    });
  };

  test('two organizations, one account: exactly one verifies it', async () => {
    for (let round = 0; round < 5; round += 1) {
      together(2);
      const [a, b] = [await t.make.signedIn(), await t.make.signedIn()];
      const body = connectionTo('shopify');
      const answers = await Promise.all([post(t, a, body), post(t, b, body)]);
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      const statuses = answers.map(({ body: { status, problem } }) => `${status} ${problem}`);
      expect(statuses.toSorted()).toEqual(['unverified account-taken', 'verified null']);
      const { rows } = await t.admin.query('SELECT status FROM connections WHERE account = $1 ORDER BY 1', [
        body.account,
      ]);
      expect(rows).toEqual([{ status: 'unverified' }, { status: 'verified' }]);
    }
  });

  test('one organization, the same account twice: one is made, and nothing is left of the other', async () => {
    together(2);
    const member = await t.make.signedIn();
    const body = connectionTo('shopify');
    const answers = await Promise.all([post(t, member, body), post(t, member, body)]);
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 409]);
    expectBareProblem(
      answers.find(({ status }) => status === 409)!,
      'connection-exists',
    );
    expect(await countsOf(t, member.organizationId)).toEqual({ connections: 1, endpoints: 1 });
  });
});

test('the same account a second time is told so, verified or not, and leaves nothing', async () => {
  const member = await t.make.signedIn();
  const body = connectionTo('shopify');
  await connect(t, member, body);
  const unverified = connectionTo('shopify');
  await connect(t, member, { ...unverified, credentials: { accessToken: 'refused-by-them' } });
  for (const again of [body, { ...body, credentials: { accessToken: 'refused-by-them' } }, unverified]) {
    expectBareProblem(await post(t, member, { ...again, name: 'Again' }), 'connection-exists');
  }
  expect(await countsOf(t, member.organizationId)).toEqual({ connections: 2, endpoints: 2 });
  // The same name at another vendor is another account.
  const account = newAccount('whatsapp');
  await connect(t, member, connectionTo('whatsapp', account));
  await connect(t, member, connectionTo('richpanel', account));
});

describe('without `webhook`', () => {
  test('where the platform has no app, it says so and asks no vendor', async () => {
    const asked = shopifySays(async (account) => saying({ kind: 'account', account }));
    const member = await t.make.signedIn();
    await t.make.endpoint(owner.organizationId, 'shopify');
    await t.make.endpoint(undefined, 'richpanel');
    const { id } = await t.make.endpoint(undefined, 'shopify');
    await t.admin.query(`UPDATE endpoints SET status = 'disabled' WHERE id = $1`, [id]);
    const answer = await post(t, member, connectionThroughPlatform('shopify'));
    expectProblem(answer, 'no-platform-app');
    expect(answer.body.detail).toContain('webhook');
    expect(await countsOf(t, member.organizationId)).toEqual(nothing);
    expect(asked).not.toHaveBeenCalled();
  });

  test('the platform’s endpoint serves all who ask, and none of them sees it', async () => {
    const platform = await t.make.endpoint(undefined, 'whatsapp');
    const made: Answered[] = [];
    for (const member of [owner, await t.make.signedIn()]) {
      const answer = await post(t, member, connectionThroughPlatform('whatsapp')).expect(201);
      expect(answer.body).toMatchObject({
        status: 'verified',
        webhook: { path: null, previousSecretValid: false },
      });
      for (const told of [platform.id, platform.key]) expect(textOf(answer)).not.toContain(told);
      made.push(answer.body);
    }
    for (const { id } of made) {
      const { connection } = await stored(t, id);
      expect(connection).toMatchObject({
        endpoint_id: platform.id,
        endpoint_owner_id: '00000000-0000-0000-0000-000000000000',
      });
    }
    // null is the same as nothing.
    await post(t, owner, { ...connectionThroughPlatform('whatsapp'), webhook: null }).expect(201);
  });
});

describe('who may', () => {
  test.each([
    ['viewer', 403],
    ['agent', 403],
    ['admin', 201],
    ['owner', 201],
  ] as const)('%s: %i', async (role, status) => {
    const member = await t.make.signedIn({ role });
    const asked = providers().map((provider) => vi.spyOn(provider, 'whoAmI'));
    const answer = await post(t, member, connectionTo('richpanel')).expect(status);
    if (status === 201) return;
    expectProblem(answer, 'forbidden');
    expect(answer.body.detail).toContain('connections:manage');
    expect(await countsOf(t, member.organizationId)).toEqual(nothing);
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('S-26: whose session has ended asks no vendor', async () => {
    const asked = shopifySays(async (account) => saying({ kind: 'account', account }));
    const member = await t.make.signedIn();
    await t.http().delete('/v1/sessions/current').set(member.bearer).expect(204);
    expectBareProblem(await post(t, member, connectionTo('shopify')), 'session-ended');
    expect(asked).not.toHaveBeenCalled();
  });

  test('S-26: who is removed while the vendor is asked stores nothing', async () => {
    const [asked, answered] = [signal(), signal()];
    shopifySays(async (account) => {
      asked.give();
      await answered.promise;
      return saying({ kind: 'account', account });
    });
    const member = await t.make.signedIn();
    const posted = Promise.resolve(post(t, member, connectionTo('shopify')));
    await asked.promise;
    await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]);
    answered.give();
    expectBareProblem(await posted, 'membership-ended');
    expect(await countsOf(t, member.organizationId)).toEqual(nothing);
  });
});
