import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { nobodyAnswers, type WhoAmI } from '../../../src/providers/account.js';
import { ShopifyProvider } from '../../../src/providers/shopify/shopify.provider.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, placesOf } from '../answers.js';
import {
  connect,
  connectionThroughPlatform,
  connectionTo,
  credentialsKept,
  credentialsOf,
  meeting,
  newAccount,
  newSecret,
  patch,
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

const change = (id: string, body: object, ifMatch?: string) => patch(t, owner, id, body, ifMatch);
const spies = () => providersOf(t).map((provider) => vi.spyOn(provider, 'whoAmI'));
const shopifySays = (whoAmI: ShopifyProvider['whoAmI']) =>
  vi.spyOn(t.app.get(ShopifyProvider), 'whoAmI').mockImplementation(whoAmI);
const refused = { accessToken: 'not-a-token-of-theirs' };
/** One that the vendor refused when it was made. */
const refusedConnection = async (account?: string) =>
  connect(t, owner, { ...connectionTo('shopify', account), credentials: refused });

/** @returns what checks that nothing of a connection or its endpoint has changed since */
async function untouched(id: string): Promise<() => Promise<void>> {
  const before = await stored(t, id);
  return async () => expect(await stored(t, id)).toEqual(before);
}

describe('the name', () => {
  test('answer, row, version and tag agree, and no vendor is asked', async () => {
    const asked = spies();
    const made = await refusedConnection();
    asked.forEach((spy) => spy.mockClear());
    const answer = await change(made.id, { name: '  Our shop ' }).expect(200);
    expect(answer.body).toEqual({
      ...made,
      name: 'Our shop',
      version: 2,
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(answer.headers['etag']).toBe('"2"');
    expect((await stored(t, made.id)).connection).toMatchObject({ name: 'Our shop', version: 2 });
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('nothing to change is no change', async () => {
    const { id } = await connect(t, owner, connectionTo('shopify'));
    const same = await untouched(id);
    for (const body of [{}, { webhook: null }, { credentials: null, name: null, status: null }]) {
      expect((await change(id, body).expect(200)).headers['etag']).toBe('"1"');
    }
    await same();
  });
});

describe('disabled and enabled', () => {
  test('disabling asks nobody and works while the vendor is away; enabling asks again, with what is kept', async () => {
    const account = newAccount('shopify');
    const made = await connect(t, owner, connectionTo('shopify', account));
    const asked = shopifySays(async () => saying(nobodyAnswers));
    const off = await change(made.id, { status: 'disabled' }).expect(200);
    expect(off.body).toMatchObject({ status: 'disabled', problem: null, version: 2 });
    expect(asked).not.toHaveBeenCalled();
    asked.mockImplementation(async (shop) => saying({ kind: 'account', account: shop }));
    const on = await change(made.id, { status: 'enabled' }).expect(200);
    expect(on.body).toMatchObject({ status: 'verified', problem: null, version: 3 });
    expect(Date.parse(on.body.verifiedAt)).toBeGreaterThanOrEqual(Date.parse(made.verifiedAt!));
    expect(asked.mock.calls).toEqual([[account, credentialsOf('shopify', account)]]);
  });

  test('a problem is gone once the vendor confirms', async () => {
    shopifySays(async () => saying(nobodyAnswers));
    const made = await connect(t, owner, connectionTo('shopify'));
    expect(made.problem).toBe('vendor-unavailable');
    vi.restoreAllMocks();
    const answer = await change(made.id, { status: 'enabled' }).expect(200);
    expect(answer.body).toMatchObject({ status: 'verified', problem: null });
  });

  const says: readonly [
    problem: 'credentials-refused' | 'account-mismatch' | 'vendor-unavailable',
    said: WhoAmI,
  ][] = [
    ['credentials-refused', { kind: 'refused' }],
    ['account-mismatch', { kind: 'account', account: 'another.myshopify.com' }],
    ['vendor-unavailable', nobodyAnswers],
  ];

  test.each(says)('enabling: %s is answered as such, and nothing changes', async (problem, said) => {
    const made = await connect(t, owner, connectionTo('shopify'));
    const disabled = await connect(t, owner, connectionTo('shopify'));
    await change(disabled.id, { status: 'disabled' }).expect(200);
    const same = [await untouched(made.id), await untouched(disabled.id)];
    shopifySays(async () => saying(said));
    for (const { id } of [made, disabled]) {
      const body = { status: 'enabled', name: 'New', webhook: { secret: newSecret() } };
      const answer = await change(id, body);
      expectBareProblem(answer, problem);
      expect(answer.headers['retry-after']).toBe(problem === 'vendor-unavailable' ? '60' : undefined);
    }
    for (const check of same) await check();
  });

  test('an account that another organization has verified meanwhile: 409, and nothing changes', async () => {
    const body = connectionTo('shopify');
    const made = await connect(t, owner, body);
    await change(made.id, { status: 'disabled' }).expect(200);
    // Disabled, the account is free for who can open it.
    const other = await t.make.signedIn();
    const theirs = await connect(t, other, { ...body, webhook: { secret: newSecret() } });
    expect(theirs.status).toBe('verified');
    const same = [await untouched(made.id), await untouched(theirs.id)];
    const answer = await change(made.id, {
      status: 'enabled',
      name: 'New',
      webhook: { secret: newSecret() },
    });
    expectBareProblem(answer, 'account-taken');
    for (const check of same) await check();
    await patch(t, other, theirs.id, { status: 'disabled' }).expect(200);
    expect((await change(made.id, { status: 'enabled' }).expect(200)).body.status).toBe('verified');
  });

  test('two organizations enable the same account at the same moment: exactly one succeeds', async () => {
    for (let round = 0; round < 5; round += 1) {
      const body = connectionTo('shopify');
      const other = await t.make.signedIn();
      const [mine, theirs] = [await connect(t, owner, body), await connect(t, other, body)];
      await change(mine.id, { status: 'disabled' }).expect(200);
      const met = meeting(2);
      shopifySays(async (account) => {
        await met();
        return saying({ kind: 'account', account });
      });
      const answers = await Promise.all([
        change(mine.id, { status: 'enabled' }),
        patch(t, other, theirs.id, { status: 'enabled' }),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      expectBareProblem(
        answers.find(({ status }) => status === 409)!,
        'account-taken',
      );
      const verified = `SELECT FROM connections WHERE account = $1 AND status = 'verified'`;
      expect((await t.admin.query(verified, [body.account])).rowCount).toBe(1);
    }
  });

  test('what was uninstalled at the vendor is connected again with new credentials', async () => {
    const account = newAccount('shopify');
    const made = await connect(t, owner, connectionTo('shopify', account));
    await t.admin.query(`UPDATE connections SET status = 'disabled', problem = 'uninstalled' WHERE id = $1`, [
      made.id,
    ]);
    const credentials = {
      clientId: 'client-of-the-new-app',
      clientSecret: credentialsOf('shopify', account)['accessToken'],
    };
    const answer = await change(made.id, { status: 'enabled', credentials }).expect(200);
    expect(answer.body).toMatchObject({ status: 'verified', problem: null });
    expect(await credentialsKept(t, owner, made.id)).toEqual(credentials);
  });
});

describe('credentials', () => {
  test('new ones are kept once they open the account; the old ones are gone', async () => {
    const account = newAccount('shopify');
    const made = await connect(t, owner, connectionTo('shopify', account));
    const before = await stored(t, made.id);
    const asked = shopifySays(async (shop) => saying({ kind: 'account', account: shop }));
    const credentials = { clientId: 'the-client-id', clientSecret: `${newSecret()}tail` };
    const answer = await change(made.id, { credentials }).expect(200);
    expect(answer.body).toMatchObject({
      status: 'verified',
      credentials: { hint: '••••tail' },
      version: 2,
    });
    expect(textOf(answer)).not.toContain(credentials.clientSecret.slice(0, -4));
    expect(asked.mock.calls).toEqual([[account, credentials]]);
    expect(await credentialsKept(t, owner, made.id)).toEqual(credentials);
    const after = await stored(t, made.id);
    expect(JSON.stringify(after)).not.toContain(before.connection.credentials);
    expect(after.endpoint).toEqual(before.endpoint);
  });

  test.each(vendors)('%s: of another account, or of none, are refused and not stored', async (provider) => {
    const made = await connect(t, owner, connectionTo(provider));
    const same = await untouched(made.id);
    const foreign = credentialsOf(provider, newAccount(provider));
    const [name] = Object.keys(foreign);
    const wrong = { [name!]: newSecret() };
    const rest = { name: 'New', webhook: { forgetPreviousSecret: true } };
    expectBareProblem(await change(made.id, { ...rest, credentials: foreign }), 'account-mismatch');
    expectBareProblem(await change(made.id, { ...rest, credentials: wrong }), 'credentials-refused');
    expectBareProblem(
      await change(made.id, { credentials: wrong, status: 'disabled' }),
      'credentials-refused',
    );
    await same();
  });

  test('while the vendor is away nothing is stored, and the caller is told when to come again', async () => {
    const account = newAccount('shopify');
    const made = await connect(t, owner, connectionTo('shopify', account));
    const same = await untouched(made.id);
    shopifySays(async () => saying(nobodyAnswers));
    const answer = await change(made.id, { credentials: credentialsOf('shopify', account) });
    expectBareProblem(answer, 'vendor-unavailable');
    expect(answer.headers['retry-after']).toBe('60');
    await same();
  });

  test('good ones verify what was not', async () => {
    const account = newAccount('shopify');
    const made = await refusedConnection(account);
    const answer = await change(made.id, { credentials: credentialsOf('shopify', account) }).expect(200);
    expect(answer.body).toMatchObject({ status: 'verified', problem: null, version: 2 });
  });

  test('good ones of an account that another organization has verified: 409, and nothing changes', async () => {
    const account = newAccount('shopify');
    const made = await refusedConnection(account);
    await connect(t, await t.make.signedIn(), connectionTo('shopify', account));
    const same = await untouched(made.id);
    expectBareProblem(
      await change(made.id, { credentials: credentialsOf('shopify', account) }),
      'account-taken',
    );
    await same();
  });

  test('for what is disabled, or is disabled with them, they are kept without enabling it', async () => {
    const account = newAccount('shopify');
    const made = await connect(t, owner, connectionTo('shopify', account));
    const credentials = {
      clientId: 'the-client-id',
      clientSecret: credentialsOf('shopify', account)['accessToken'],
    };
    const off = await change(made.id, { status: 'disabled', credentials }).expect(200);
    expect(off.body.status).toBe('disabled');
    expect(await credentialsKept(t, owner, made.id)).toEqual(credentials);
    const renewed = { credentials: credentialsOf('shopify', account) };
    expect((await change(made.id, renewed).expect(200)).body.status).toBe('disabled');
    expect(await credentialsKept(t, owner, made.id)).toEqual(renewed.credentials);
  });

  test('what was sealed for another connection is not sent to any vendor', async () => {
    const body = connectionTo('shopify');
    const [mine, other] = [await connect(t, owner, body), await refusedConnection()];
    await t.admin.query(
      `UPDATE connections SET credentials = (SELECT credentials FROM connections WHERE id = $1) WHERE id = $2`,
      [mine.id, other.id],
    );
    const same = await untouched(other.id);
    const asked = spies();
    const answer = await change(other.id, { status: 'enabled' });
    expectBareProblem(answer, 'internal');
    expect(textOf(answer)).not.toContain(body.credentials['accessToken']);
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
    await same();
  });
});

describe('webhook secrets', () => {
  const rotating = (connection: Answered) => connection.webhook.previousSecretValid;

  test('a new one comes in front, the one before stays until it is forgotten', async () => {
    const body = connectionTo('shopify');
    const [first, second, third] = [body.webhook['secret'], newSecret(), newSecret()];
    const made = await connect(t, owner, body);
    const asked = spies();
    const once = await change(made.id, { webhook: { secret: second } }).expect(200);
    expect([rotating(once.body), once.body.version, once.headers['etag']]).toEqual([true, 2, '"2"']);
    expect(await secretsOf(t, made.id)).toEqual([second, first, null]);
    expect(textOf(once)).not.toContain(second);
    // The path stays, so that the vendor needs no new one.
    expect(once.body.webhook.path).toBe(made.webhook.path);

    const twice = await change(made.id, { webhook: { secret: third } }).expect(200);
    expect(rotating(twice.body)).toBe(true);
    expect(await secretsOf(t, made.id)).toEqual([third, second, null]);

    const forgotten = await change(made.id, { webhook: { forgetPreviousSecret: true } }).expect(200);
    expect([rotating(forgotten.body), forgotten.body.version]).toEqual([false, 4]);
    expect(await secretsOf(t, made.id)).toEqual([third, null, null]);
    const { endpoint } = await stored(t, made.id);
    // What was verified with an older version is not stored: every change counts.
    expect(endpoint.version).toBe(4);
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('one that leaked is replaced and forgotten at once', async () => {
    const made = await connect(t, owner, connectionTo('richpanel'));
    const secret = newSecret();
    const answer = await change(made.id, { webhook: { secret, forgetPreviousSecret: true } }).expect(200);
    expect(rotating(answer.body)).toBe(false);
    expect(await secretsOf(t, made.id)).toEqual([secret, null, null]);
  });

  test('not to forget is not to change anything', async () => {
    const made = await connect(t, owner, connectionTo('shopify'));
    await change(made.id, { webhook: { secret: newSecret() } }).expect(200);
    const before = await secretsOf(t, made.id);
    for (const webhook of [{ forgetPreviousSecret: false }, {}])
      expect(rotating((await change(made.id, { webhook }).expect(200)).body)).toBe(true);
    expect(await secretsOf(t, made.id)).toEqual(before);
  });

  test('WhatsApp’s verify token changes by itself', async () => {
    const body = connectionTo('whatsapp');
    const made = await connect(t, owner, body);
    const verifyToken = newSecret();
    const answer = await change(made.id, { webhook: { verifyToken } }).expect(200);
    expect(rotating(answer.body)).toBe(false);
    expect(await secretsOf(t, made.id)).toEqual([body.webhook['secret'], null, verifyToken]);
  });

  test('of the platform’s app belong to nobody here', async () => {
    const platform = await t.make.endpoint(undefined, 'whatsapp');
    const made = await connect(t, owner, connectionThroughPlatform('whatsapp'));
    const same = await untouched(made.id);
    for (const webhook of [{ secret: newSecret() }, { forgetPreviousSecret: true }, {}])
      expect(placesOf(await change(made.id, { webhook, name: 'New' }))).toEqual(['/webhook']);
    await same();
    expect((await stored(t, made.id)).endpoint.id).toBe(platform.id);
    await change(made.id, { name: 'New' }).expect(200);
  });

  test('belong to one endpoint: another one of the same organization keeps its own', async () => {
    const bodies = [connectionTo('shopify'), connectionTo('shopify')] as const;
    const [one, other] = [await connect(t, owner, bodies[0]), await connect(t, owner, bodies[1])];
    await change(one.id, { webhook: { secret: newSecret() } }).expect(200);
    expect(await secretsOf(t, other.id)).toEqual([bodies[1].webhook['secret'], null, null]);
  });
});

describe('refuses what does not fit, and says where', () => {
  const good = newSecret();
  let made: Answered;
  let richpanel: Answered;
  let same: (() => Promise<void>)[];
  beforeAll(async () => {
    made = await connect(t, owner, connectionTo('shopify'));
    richpanel = await connect(t, owner, connectionTo('richpanel'));
    same = [await untouched(made.id), await untouched(richpanel.id)];
  });

  test.each([
    ['no name', { name: ' ' }, '/name'],
    ['a long name', { name: 'n'.repeat(201) }, '/name'],
    ['another account', { account: 'another.myshopify.com' }, '/account'],
    ['another vendor', { provider: 'whatsapp' }, '/provider'],
    ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/organizationId'],
    ['another endpoint', { endpointId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/endpointId'],
    ['a status of ours', { status: 'verified' }, '/status'],
    ['a problem', { problem: null }, '/problem'],
    ['a version', { version: 7 }, '/version'],
    ['no credentials', { credentials: {} }, '/credentials'],
    ['credentials of another vendor', { credentials: { apiKey: good } }, '/credentials'],
    ['half of the credentials', { credentials: { clientId: good } }, '/credentials'],
    ['two kinds of credentials', { credentials: { accessToken: good, apiKey: good } }, '/credentials'],
    ['credentials in a list', { credentials: [{ accessToken: good }] }, '/credentials'],
    ['a short token', { credentials: { accessToken: 'x' } }, '/credentials/accessToken'],
    ['an unknown credential', { credentials: { token: good } }, '/credentials/token'],
    ['a short secret', { webhook: { secret: 'x'.repeat(15) } }, '/webhook/secret'],
    ['a secret with a space', { webhook: { secret: `a ${good}` } }, '/webhook/secret'],
    ['a verify token', { webhook: { verifyToken: good } }, '/webhook/verifyToken'],
    ['to forget by a word', { webhook: { forgetPreviousSecret: 'true' } }, '/webhook/forgetPreviousSecret'],
    ['another key', { webhook: { key: good } }, '/webhook/key'],
    ['a webhook in a list', { webhook: [{ secret: good }] }, '/webhook'],
  ])('%s', async (_what, body, place) => {
    const asked = spies();
    expect(placesOf(await change(made.id, body))).toEqual([place]);
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('a secret that could be guessed, where it is sent as it is', async () => {
    const short = await change(richpanel.id, { webhook: { secret: 'x'.repeat(31) } });
    expect(placesOf(short)).toEqual(['/webhook/secret']);
  });

  test('and nothing has changed', async () => {
    for (const check of same) await check();
    expect(same).toHaveLength(2);
  });
});

describe('what was read is what is changed', () => {
  test('If-Match: the version that was read, or no change', async () => {
    const made = await connect(t, owner, connectionTo('shopify'));
    const same = await untouched(made.id);
    const asked = spies();
    for (const tag of ['"0"', '"2"', 'W/"1"', '1', 'x'])
      expectBareProblem(await change(made.id, { status: 'enabled' }, tag), 'precondition-failed');
    await same();
    // An old copy does not reach the vendor.
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
    const { headers } = await change(made.id, { name: 'A' }, '"1"').expect(200);
    expectBareProblem(await change(made.id, { name: 'B' }, '"1"'), 'precondition-failed');
    await change(made.id, { name: 'C' }, headers['etag']).expect(200);
    await change(made.id, { name: 'D' }, '*').expect(200);
  });

  /** Starts a change that asks the vendor, does something else meanwhile, and lets the vendor answer. */
  async function meanwhile(member: SignedIn, id: string, body: object, work: () => Promise<unknown>) {
    const [asked, answered] = [signal(), signal()];
    shopifySays(async (account) => {
      asked.give();
      await answered.promise;
      return saying({ kind: 'account', account });
    });
    const changed = Promise.resolve(patch(t, member, id, body));
    await asked.promise;
    await work();
    answered.give();
    return changed;
  }

  test.each([
    ['another name', { name: 'Meanwhile' }],
    ['a new secret', { webhook: { secret: 'a-new-secret-meanwhile' } }],
    ['it was disabled', { status: 'disabled' }],
  ])('changed while the vendor was asked (%s): the answer was about another state', async (_what, other) => {
    const made = await connect(t, owner, connectionTo('shopify'));
    const body = { status: 'enabled', name: 'Mine', webhook: { secret: newSecret() } };
    let same: (() => Promise<void>) | undefined;
    const answer = await meanwhile(owner, made.id, body, async () => {
      await change(made.id, other).expect(200);
      same = await untouched(made.id);
    });
    expectBareProblem(answer, 'precondition-failed');
    await same!();
  });

  test('S-26: who is removed while the vendor is asked changes nothing', async () => {
    const member = await t.make.signedIn({ organizationId: owner.organizationId, role: 'admin' });
    const made = await connect(t, owner, connectionTo('shopify'));
    const same = await untouched(made.id);
    const body = { credentials: { accessToken: newSecret() } };
    const answer = await meanwhile(member, made.id, body, async () =>
      t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]),
    );
    expectBareProblem(answer, 'membership-ended');
    await same();
  });

  test('S-26: nor does who is removed while waiting for somebody else’s change', async () => {
    const member = await t.make.signedIn({ organizationId: owner.organizationId, role: 'admin' });
    const made = await connect(t, owner, connectionTo('shopify'));
    const same = await untouched(made.id);
    const other = await t.admin.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM connections WHERE id = $1 FOR UPDATE', [made.id]);
    await other.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]);
    const changed = Promise.resolve(patch(t, member, made.id, { name: 'Mine' }));
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await t.admin.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
    await other.query('COMMIT');
    other.release();
    expectBareProblem(await changed, 'membership-ended');
    await same();
  });
});

describe('who may', () => {
  test.each(['viewer', 'agent'] as const)(
    '%s changes nothing, and is not told whether it is there',
    async (role) => {
      const member = await t.make.signedIn({ organizationId: owner.organizationId, role });
      const made = await connect(t, owner, connectionTo('shopify'));
      const same = await untouched(made.id);
      const answers = [];
      for (const id of [made.id, '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', 'nothing'])
        answers.push(await patch(t, member, id, { status: 'disabled' }));
      for (const answer of answers) expectProblem(answer, 'forbidden');
      expectIndistinguishable(answers);
      await same();
    },
  );

  test('an admin may', async () => {
    const member = await t.make.signedIn({ organizationId: owner.organizationId, role: 'admin' });
    const made = await connect(t, owner, connectionTo('shopify'));
    expect((await patch(t, member, made.id, { status: 'disabled' }).expect(200)).body.status).toBe(
      'disabled',
    );
  });

  test('a foreign, an unknown and a malformed id cannot be told apart, whatever is asked, and the foreign row stays', async () => {
    const stranger = await t.make.signedIn();
    const theirs = await connect(t, stranger, connectionTo('shopify'));
    const same = await untouched(theirs.id);
    const asked = spies();
    const ids = [theirs.id, '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', 'nothing', `'%20OR%20true--`];
    const bodies = [
      { name: 'Mine' },
      { status: 'disabled' },
      { status: 'enabled' },
      { credentials: { accessToken: newSecret() } },
      { credentials: { apiKey: newSecret() } },
      { webhook: { secret: newSecret() } },
    ];
    const answers = [];
    for (const body of bodies) for (const id of ids) answers.push(await change(id, body));
    for (const id of ids) answers.push(await change(id, { name: 'Mine' }, '"7"'));
    for (const answer of answers) expectBareProblem(answer, 'not-found');
    expectIndistinguishable(answers);
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
    await same();
  });

  test('there is no other way to change one', async () => {
    const { id } = await connect(t, owner, connectionTo('shopify'));
    const same = await untouched(id);
    const http = t.http();
    for (const attempt of [http.put(`/v1/connections/${id}`), http.delete(`/v1/connections/${id}`)])
      expect((await attempt.set(owner.bearer).send({})).status).toBe(404);
    expect((await post(t, owner, { ...connectionTo('shopify'), id })).status).toBe(400);
    await same();
  });
});
