/** From a signed request to the events of the organizations it is about, each with its own slice and no other. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { delivery as sampleOf } from '../../scripts/webhooks/deliveries.ts';
import { samples } from '../../scripts/webhooks/samples.ts';
import { Endpoints } from '../../src/connections/endpoints.service.js';
import { platformOwner, webhookPath } from '../../src/connections/vendors.js';
import { EntryDb } from '../../src/database/entry-db.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { DeliveryStore } from '../../src/webhooks/delivery-store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factory.js';
import {
  connected,
  countOf,
  credentialsOf,
  newSecret,
  plantEndpoint,
  type Connected,
} from '../webhooks/connected.js';
import { deliver, signed, vendors, type Vendor } from '../webhooks/signed.js';
import { batch, toNumber } from './whatsapp-batch.js';
import { enqueue, jobs, makeDue, soon } from './worked.js';

let t: TestApp;
let platform: { readonly path: string; readonly endpointId: string; readonly secret: string };
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
  const secrets = { secret: newSecret(), verifyToken: newSecret() };
  const made = await t.app.get(Endpoints).make('whatsapp', platformOwner, secrets);
  await plantEndpoint(t, made);
  platform = { path: webhookPath('whatsapp', made.key), endpointId: made.id, secret: secrets.secret };
});
afterAll(() => t.close());

let numbers = 300_000_000_000_000;
const newNumber = () => String((numbers += 1));

/** A number at the platform's own app. */
async function atPlatform(
  owner: SignedIn,
  { account = newNumber(), credentials = credentialsOf('whatsapp', account) } = {},
): Promise<{ account: string; connectionId: string; status: string }> {
  const input = { provider: 'whatsapp', account, name: 'Main', credentials };
  const { body } = await t.http().post('/v1/connections').set(owner.bearer).send(input).expect(201);
  const { id, status } = body as { id: string; status: string };
  return { account, connectionId: id, status };
}

/** Delivered, and taken apart. @returns the delivery's id */
async function split(
  at: { path: string; endpointId: string; secret: string },
  vendor: Vendor,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await deliver(t.http, at.path, signed(vendor, at.secret, body, headers)).expect(200);
  expect(answer.body).toEqual({ status: 'stored' });
  const { rows } = await t.admin.query<{ id: string }>(
    'SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY id DESC LIMIT 1',
    [at.endpointId],
  );
  await untilSplit([rows[0]!.id]);
  return rows[0]!.id;
}
async function untilSplit(ids: readonly string[]): Promise<void> {
  const waiting = () => countOf(t, 'webhook_deliveries', 'id = ANY ($1) AND split_at IS NULL', [ids]);
  await expect.poll(waiting, soon).toBe(0);
}
const splitBatch = async (...changes: readonly object[]) => split(platform, 'whatsapp', batch(...changes));

interface Event {
  readonly id: string;
  readonly organization_id: string;
  readonly connection_id: string;
  readonly type: string;
  readonly payload: object;
  readonly version: number;
}
/** Of a delivery, or of an organization. */
async function eventsOf({
  delivery,
  organizationId,
}: {
  delivery?: string;
  organizationId?: string;
}): Promise<Event[]> {
  const { rows } = await t.admin.query<Event>(
    `SELECT * FROM webhook_events WHERE ($1::uuid IS NULL OR delivery_id = $1) AND ($2::uuid IS NULL OR organization_id = $2) ORDER BY id`,
    [delivery ?? null, organizationId ?? null],
  );
  return rows;
}
async function unclaimedOf(
  delivery: string,
): Promise<{ type: string; account: string | null; reason: string }[]> {
  const { rows } = await t.admin.query<{ type: string; account: string | null; reason: string }>(
    'SELECT type, account, reason FROM webhook_unclaimed WHERE delivery_id = $1 ORDER BY account, type',
    [delivery],
  );
  return rows;
}
const textsOf = (events: readonly { payload: object }[]) =>
  events.map(({ payload }) => (payload as { message: { text: { body: string } } }).message.text.body);

describe('a WhatsApp batch for several organizations, through the platform’s endpoint', () => {
  test('gives each its own slice, with nothing of the others', async () => {
    const [mara, noah] = [await t.make.signedIn(), await t.make.signedIn()];
    const [one, two] = [await atPlatform(mara), await atPlatform(noah)];
    const delivery = await splitBatch(
      toNumber(one.account, { id: 'M1', text: 'mine, first', from: '12025550111', name: 'Customer of one' }),
      toNumber(two.account, { id: 'N1', text: 'yours', from: '12025550122', name: 'Customer of two' }),
      toNumber(one.account, { id: 'M2', text: 'mine, second', from: '12025550111', name: 'Customer of one' }),
    );
    const events = await eventsOf({ delivery });
    const whose = events.map((event) => [event.organization_id, event.connection_id].join());
    const [ofOne, ofTwo] = [
      [mara.organizationId, one.connectionId].join(),
      [noah.organizationId, two.connectionId].join(),
    ];
    expect(whose.toSorted()).toEqual([ofOne, ofOne, ofTwo].toSorted());
    expect(await unclaimedOf(delivery)).toEqual([]);

    // As each reads it.
    const read = async (owner: SignedIn) => {
      const { body } = await t.http().get('/v1/webhook-events').set(owner.bearer).expect(200);
      const ids = (body as { data: { id: string }[] }).data.map(({ id }) => id);
      const answers = ids.map((id) => t.http().get(`/v1/webhook-events/${id}`).set(owner.bearer).expect(200));
      return (await Promise.all(answers)).map((answer) => answer.body as Event);
    };
    expect(textsOf(await read(mara)).toSorted()).toEqual(['mine, first', 'mine, second']);
    expect(textsOf(await read(noah))).toEqual(['yours']);
    const all = async (owner: SignedIn) => JSON.stringify(await read(owner));
    for (const word of ['yours', 'wamid.N1', two.account, '12025550122', 'Customer of two'])
      expect(await all(mara)).not.toContain(word);
    for (const word of ['mine', 'wamid.M', one.account, '12025550111', 'Customer of one'])
      expect(await all(noah)).not.toContain(word);
    const [foreign] = await eventsOf({ organizationId: noah.organizationId });
    await t.http().get(`/v1/webhook-events/${foreign!.id}`).set(mara.bearer).expect(404);
  });

  test('what nobody may claim is unclaimed with its reason, and an event of nobody', async () => {
    const owner = await t.make.signedIn();
    const mine = await atPlatform(owner);
    const unverified = await atPlatform(owner, { credentials: { accessToken: 'EAAmock-of-nothing' } });
    expect(unverified.status).toBe('unverified');
    const disabled = await atPlatform(owner);
    const patch = t.http().patch(`/v1/connections/${disabled.connectionId}`).set(owner.bearer);
    await patch.send({ status: 'disabled' }).expect(200);
    const elsewhere = await connected(t, 'whatsapp', { owner });
    const nobodys = newNumber();
    const accounts = [nobodys, unverified.account, disabled.account, elsewhere.account];
    const delivery = await splitBatch(
      ...[...accounts, mine.account].map((account) =>
        toNumber(account, { id: `U${account}`, text: `to ${account}` }),
      ),
    );
    const expected = accounts
      .toSorted()
      .map((account) => ({ type: 'message.text', account, reason: 'not-connected' }));
    expect(await unclaimedOf(delivery)).toEqual(expected);
    expect(textsOf(await eventsOf({ delivery }))).toEqual([`to ${mine.account}`]);

    // By the endpoint it is bound to, the same message arrives; what is the platform's does not arrive there.
    const bound = await split(
      elsewhere,
      'whatsapp',
      batch(
        ...[elsewhere.account, mine.account].map((account) =>
          toNumber(account, { id: `U${account}`, text: `to ${account}` }),
        ),
      ),
    );
    expect(textsOf(await eventsOf({ delivery: bound }))).toEqual([`to ${elsewhere.account}`]);
    expect(await unclaimedOf(bound)).toEqual([
      { type: 'message.text', account: mine.account, reason: 'not-connected' },
    ]);
  });

  test('a number that two organizations entered belongs to the one that verified it', async () => {
    const [first, second] = [await t.make.signedIn(), await t.make.signedIn()];
    const theirs = await atPlatform(first);
    const taken = await atPlatform(second, { account: theirs.account });
    expect(taken.status).toBe('unverified');
    const delivery = await splitBatch(toNumber(theirs.account, { id: 'T1', text: 'to the first' }));
    expect((await eventsOf({ delivery })).map((event) => event.organization_id)).toEqual([
      first.organizationId,
    ]);
  });

  test('a suspended organization’s part is unclaimed; the others’ arrives, and its own again once it is active', async () => {
    const [suspended, other] = [await t.make.signedIn(), await t.make.signedIn()];
    const [one, two] = [await atPlatform(suspended), await atPlatform(other)];
    const setStatus = async (status: string) =>
      t.admin.query('UPDATE organizations SET status = $2 WHERE id = $1', [suspended.organizationId, status]);
    const send = async (id: string) =>
      splitBatch(
        toNumber(one.account, { id: `${id}1`, text: 'suspended' }),
        toNumber(two.account, { id: `${id}2`, text: 'active' }),
      );
    await setStatus('suspended');
    const delivery = await send('S');
    expect(textsOf(await eventsOf({ delivery }))).toEqual(['active']);
    expect(await unclaimedOf(delivery)).toEqual([
      { type: 'message.text', account: one.account, reason: 'not-connected' },
    ]);
    await setStatus('active');
    expect(textsOf(await eventsOf({ delivery: await send('R') })).toSorted()).toEqual([
      'active',
      'suspended',
    ]);
  });
});

describe('a fact', () => {
  test('in two deliveries is one event, and is handled once', async () => {
    const owner = await t.make.signedIn();
    const { account } = await atPlatform(owner);
    const [same, other] = [
      { id: `F${account}`, text: 'once' },
      { id: `G${account}`, text: 'twice' },
    ];
    await splitBatch(toNumber(account, same));
    await splitBatch(toNumber(account, same, other));
    await split(platform, 'whatsapp', `${batch(toNumber(account, other))}\n`);
    const events = await eventsOf({ organizationId: owner.organizationId });
    expect(textsOf(events).toSorted()).toEqual(['once', 'twice']);
    expect(await jobs(t, 'handle-event', 'group_id = $1', [owner.organizationId])).toHaveLength(2);
    const versions = async () =>
      (await eventsOf({ organizationId: owner.organizationId })).map(({ version }) => version);
    await expect.poll(versions, soon).toEqual([2, 2]);
  });

  test('of two organizations under one id is one event of each', async () => {
    const [one, two] = [await t.make.signedIn(), await t.make.signedIn()];
    const [first, second] = [await atPlatform(one), await atPlatform(two)];
    const delivery = await splitBatch(
      toNumber(first.account, { id: 'SAME', text: 'to one' }),
      toNumber(second.account, { id: 'SAME', text: 'to two' }),
    );
    expect(textsOf(await eventsOf({ delivery })).toSorted()).toEqual(['to one', 'to two']);
  });

  test('that Shopify sends again under another delivery id is the same event; under another topic it is not', async () => {
    const shop = await connected(t, 'shopify');
    const send = async (body: string, headers: Record<string, string>) =>
      split(shop, 'shopify', body, { 'x-shopify-shop-domain': shop.account, ...headers });
    const body = JSON.stringify({ admin_graphql_api_id: 'gid://shopify/Order/1', id: 1, note: 'a' });
    const changed = body.replace('"a"', '"b"');
    const [event, other] = [randomUUID(), randomUUID()];
    await send(body, { 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': event });
    await send(body, { 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': event });
    await send(changed, { 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': event });
    await send(body, { 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': other });
    await send(body, { 'x-shopify-topic': 'orders/updated', 'x-shopify-event-id': event });
    const events = await eventsOf({ organizationId: shop.owner.organizationId });
    expect(events.map(({ type }) => type)).toEqual(['orders/create', 'orders/updated']);
  });

  test('of Richpanel is an event for each delivery: what is new is found by reading the ticket', async () => {
    const desk = await connected(t, 'richpanel');
    const body = JSON.stringify({ event: 'ticket.updated', workspace: desk.account, ticketId: 't-1' });
    for (let time = 0; time < 2; time += 1) await split(desk, 'richpanel', body);
    const events = await eventsOf({ organizationId: desk.owner.organizationId });
    expect(events.map(({ type }) => type)).toEqual(['ticket.updated', 'ticket.updated']);
  });
});

describe('the job', () => {
  const enqueueAgain = async (ids: readonly string[]) => {
    const before = (await jobs(t, 'split-deliveries', `state = 'completed'`)).length;
    const statement = t.app.get(Jobs).statement('split-deliveries', { deliveryIds: ids });
    await t.app.get(EntryDb).write([statement]);
    const done = async () => (await jobs(t, 'split-deliveries', `state = 'completed'`)).length;
    await expect.poll(done, soon).toBe(before + 1);
  };

  test('run again, even over a delivery that was not marked, changes nothing', async () => {
    const owner = await t.make.signedIn();
    const { account } = await atPlatform(owner);
    const delivery = await splitBatch(
      toNumber(account, { id: `J${account}`, text: 'mine' }),
      toNumber(newNumber(), { id: 'J', text: 'nobody’s' }),
    );
    const handled = async () => (await eventsOf({ delivery })).map(({ version }) => version);
    await expect.poll(handled, soon).toEqual([2]);
    const state = async () => [
      await eventsOf({ delivery }),
      (await t.admin.query('SELECT * FROM webhook_unclaimed WHERE delivery_id = $1', [delivery]))
        .rows as unknown[],
      await jobs(t, 'handle-event', 'group_id = $1', [owner.organizationId]),
    ];
    const before = await state();
    await enqueueAgain([delivery]);
    expect(await state()).toEqual(before);
    await t.admin.query('UPDATE webhook_deliveries SET split_at = NULL WHERE id = $1', [delivery]);
    await enqueueAgain([delivery, delivery]);
    await untilSplit([delivery]);
    expect(await state()).toEqual(before);
  });

  test('that names what was never stored does nothing', async () => {
    const before = await countOf(t, 'webhook_events');
    await enqueueAgain([uuidv7(), uuidv7()]);
    expect(await countOf(t, 'webhook_events')).toBe(before);
  });

  test('of several deliveries, one of which cannot be stored as events: that one fails alone, and is done when it can', async () => {
    const [good, bad] = [await t.make.signedIn(), await t.make.signedIn()];
    const [one, two] = [await atPlatform(good), await atPlatform(bad)];
    const id = (name: string) => `${name}${one.account}`;
    const bodies = [
      batch(toNumber(one.account, { id: id('P0'), text: 'alone' })),
      batch(toNumber(one.account, { id: id('P1'), text: 'before' })),
      batch(
        toNumber(one.account, { id: id('P2'), text: 'beside' }),
        toNumber(two.account, { id: id('P3'), text: 'poison' }),
        toNumber(newNumber(), { id: id('P4'), text: 'nobody’s' }),
      ),
      batch(toNumber(two.account, { id: id('P5'), text: 'after' })),
    ];
    const deliveries = bodies.map((body) => ({
      id: uuidv7(),
      endpointId: platform.endpointId,
      endpointVersion: 1,
      deliveryKey: randomBytes(32),
      headers: {},
      body: Buffer.from(body),
    }));
    const texts = async () => {
      const mine = await eventsOf({ organizationId: good.organizationId });
      return textsOf([...mine, ...(await eventsOf({ organizationId: bad.organizationId }))]).toSorted();
    };
    await t.admin.query(
      `ALTER TABLE webhook_events ADD CONSTRAINT planted CHECK (payload::text NOT LIKE '%poison%') NOT VALID`,
    );
    try {
      // One commit, one job: all but the first.
      await Promise.all(deliveries.map(async (each) => t.app.get(DeliveryStore).store(each)));
      const [, before, poisonous, after] = deliveries;
      await untilSplit([before!.id, after!.id]);
      const failed = async () =>
        (await jobs(t, 'split-deliveries', `state = 'retry'`)).map(({ data, output }) => ({ data, output }));
      await expect.poll(failed, soon).toEqual([
        {
          data: { deliveryIds: deliveries.slice(1).map((each) => each.id) },
          output: { error: 'QueryFailedError', code: '23514' },
        },
      ]);
      expect(await texts()).toEqual(['after', 'alone', 'before', 'beside']);
      expect(await countOf(t, 'webhook_deliveries', 'id = $1 AND split_at IS NULL', [poisonous!.id])).toBe(1);
      expect(await unclaimedOf(poisonous!.id)).toEqual([]);
    } finally {
      await t.admin.query('ALTER TABLE webhook_events DROP CONSTRAINT planted');
    }
    await makeDue(t, 'split-deliveries');
    await untilSplit(deliveries.map((each) => each.id));
    expect(await texts()).toEqual(['after', 'alone', 'before', 'beside', 'poison']);
    expect(await unclaimedOf(deliveries[2]!.id)).toHaveLength(1);
    const versions = async () =>
      new Set((await eventsOf({ organizationId: good.organizationId })).map(({ version }) => version));
    await expect.poll(versions, soon).toEqual(new Set([2]));
  });
});

describe.each(vendors)('%s: what nobody can read', (vendor) => {
  test('is stored, acknowledged, and kept as unclaimed for a person to look at', async () => {
    const at = await connected(t, vendor);
    const headers = { 'x-shopify-shop-domain': at.account, 'x-shopify-topic': 'orders/create' };
    const bodies = [
      '{"workspace":',
      'null',
      Buffer.from([0x7b, 0xff, 0x7d]),
      '['.repeat(200) + ']'.repeat(200),
    ];
    for (const body of bodies) {
      const delivery = await split(at, vendor, body, vendor === 'shopify' ? headers : {});
      expect(await unclaimedOf(delivery)).toEqual([
        {
          type: `${vendor}.unreadable`,
          account: vendor === 'shopify' ? at.account : null,
          reason: 'unreadable',
        },
      ]);
      expect(await eventsOf({ delivery })).toEqual([]);
    }
  });
});

describe('app/uninstalled', () => {
  const uninstalled = ({ account }: Connected, shop = account) => ({
    body: JSON.stringify({ id: 548380009, name: 'Shop', myshopify_domain: shop }),
    headers: { 'x-shopify-topic': 'app/uninstalled', 'x-shopify-shop-domain': account },
  });
  const order = ({ account }: Connected, id: number) => ({
    body: JSON.stringify({ id, admin_graphql_api_id: `gid://shopify/Order/${id}` }),
    headers: { 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': account },
  });
  const standing = async (shop: Connected) => {
    const { rows } = await t.admin.query('SELECT status, problem FROM connections WHERE id = $1', [
      shop.connectionId,
    ]);
    return rows[0] as object;
  };

  test('disables the connection, and what comes after it is unclaimed; other shops do not notice', async () => {
    const owner = await t.make.signedIn();
    const [gone, stays] = [
      await connected(t, 'shopify', { owner }),
      await connected(t, 'shopify', { owner }),
    ];
    const { body, headers } = uninstalled(gone);
    const delivery = await split(gone, 'shopify', body, headers);
    expect((await eventsOf({ delivery })).map(({ type }) => type)).toEqual(['app/uninstalled']);
    await expect.poll(() => standing(gone), soon).toEqual({ status: 'disabled', problem: 'uninstalled' });
    const { body: list } = await t.http().get('/v1/connections').set(owner.bearer).expect(200);
    const problems = (list as { data: { account: string; problem: string | null }[] }).data.map(
      ({ account, problem }) => [account, problem],
    );
    expect(problems).toEqual([
      [gone.account, 'uninstalled'],
      [stays.account, null],
    ]);
    const [late, other] = [order(gone, 1), order(stays, 2)];
    const unclaimed = await split(gone, 'shopify', late.body, late.headers);
    expect(await unclaimedOf(unclaimed)).toEqual([
      { type: 'orders/create', account: gone.account, reason: 'not-connected' },
    ]);
    expect(
      await eventsOf({ delivery: await split(stays, 'shopify', other.body, other.headers) }),
    ).toHaveLength(1);
    // Enabled again by a person, it receives again, and the old word does not count once more.
    await t
      .http()
      .patch(`/v1/connections/${gone.connectionId}`)
      .set(owner.bearer)
      .send({ status: 'enabled' })
      .expect(200);
    await split(gone, 'shopify', body, headers);
    const next = order(gone, 3);
    expect(await eventsOf({ delivery: await split(gone, 'shopify', next.body, next.headers) })).toHaveLength(
      1,
    );
    expect(await standing(gone)).toEqual({ status: 'verified', problem: null });
  });

  test('that was received before the connection was last verified, and is handled after it, disables nothing', async () => {
    const shop = await connected(t, 'shopify');
    const eventId = uuidv7();
    // As a dead letter is that somebody puts back: meanwhile the app was installed again.
    await t.admin.query(
      `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, payload, received_at)
       SELECT organization_id, $2::uuid, id, $2::uuid, 'app/uninstalled', $2::text, '{}', verified_at - interval '1 minute' FROM connections WHERE id = $1`,
      [shop.connectionId, eventId],
    );
    await enqueue(t, shop.owner.organizationId, 'handle-event', [{ eventId }]);
    await expect
      .poll(() => countOf(t, 'webhook_events', 'id = $1 AND handled_at IS NOT NULL', [eventId]), soon)
      .toBe(1);
    expect(await standing(shop)).toEqual({ status: 'verified', problem: null });
  });

  test('of a body that names another shop, or is another topic’s, disables nothing', async () => {
    const [shop, other] = [await connected(t, 'shopify'), await connected(t, 'shopify')];
    const foreign = uninstalled(shop, other.account);
    const mismatch = await split(shop, 'shopify', foreign.body, foreign.headers);
    expect(await unclaimedOf(mismatch)).toMatchObject([{ reason: 'account-mismatch' }]);
    const replayed = await split(shop, 'shopify', order(shop, 4).body, foreign.headers);
    expect(await unclaimedOf(replayed)).toMatchObject([{ reason: 'topic-mismatch' }]);
    // Signed with its own secret at its own endpoint, but in the name of a shop that is bound to another.
    const { body, headers } = uninstalled(other);
    const abroad = await split(shop, 'shopify', body, headers);
    expect(await unclaimedOf(abroad)).toMatchObject([{ account: other.account, reason: 'not-connected' }]);
    for (const each of [shop, other])
      expect(await standing(each)).toEqual({ status: 'verified', problem: null });
  });
});

test('every sample that is sent for trying it out is accepted, claimed and handled', async () => {
  const owner = await t.make.signedIn();
  const accounts = {
    shopify: 'volt-motors-demo.myshopify.com',
    whatsapp: '100000000000001',
    richpanel: 'volt-motors-demo',
  };
  const at = new Map<Vendor, Connected>();
  for (const vendor of vendors)
    at.set(vendor, await connected(t, vendor, { owner, account: accounts[vendor] }));
  const ids = [...at.values()].map(({ endpointId }) => endpointId);
  const send = async (vendor: Vendor, sample: string) => {
    const { path, secret } = at.get(vendor)!;
    await deliver(t.http, path, sampleOf({ vendor, sample, secret })).expect(200, { status: 'stored' });
  };
  const allSplit = async () => {
    const unsplit = () =>
      countOf(t, 'webhook_deliveries', 'endpoint_id = ANY ($1) AND split_at IS NULL', [ids]);
    await expect.poll(unsplit, soon).toBe(0);
  };
  const all = vendors.flatMap((vendor) => samples(vendor).map((sample) => ({ vendor, sample })));
  for (const { vendor, sample } of all) if (sample !== 'app/uninstalled') await send(vendor, sample);
  await allSplit();
  // It disables the connection.
  await send('shopify', 'app/uninstalled');
  await allSplit();
  const { rows } = await t.admin.query<{ type: string; account: string | null; reason: string }>(
    `SELECT u.type, u.account, u.reason FROM webhook_unclaimed u JOIN webhook_deliveries d ON d.id = u.delivery_id WHERE d.endpoint_id = ANY ($1)`,
    [ids],
  );
  // One is a batch for two numbers, the second of which is nobody's here; one is about the whole business account.
  const [foreign, others] = [
    rows.filter(({ account }) => account === '100000000000002'),
    rows.filter(({ account }) => account === null),
  ];
  expect(foreign.length + others.length).toBe(rows.length);
  expect(new Set(foreign.map(({ reason }) => reason))).toEqual(new Set(['not-connected']));
  expect(others).toEqual([
    { type: 'change.storefront_hours_update', account: null, reason: 'account-unknown' },
  ]);
  const mine = () =>
    countOf(t, 'webhook_events', 'organization_id = $1 AND handled_at IS NULL', [owner.organizationId]);
  await expect.poll(mine, soon).toBe(0);
  expect(await countOf(t, 'webhook_events', 'organization_id = $1', [owner.organizationId])).toBeGreaterThan(
    all.length - 2,
  );
});

test('1,000 messages of one delivery, the most that Meta batches, are 1,000 events', async () => {
  const owner = await t.make.signedIn();
  const { account } = await atPlatform(owner);
  const messages = Array.from({ length: 1_000 }, (_, index) => ({
    id: `K${account}${index}`,
    text: `no. ${index}`,
  }));
  const delivery = await splitBatch(toNumber(account, ...messages));
  const events = await eventsOf({ delivery });
  expect(new Set(textsOf(events)).size).toBe(1_000);
  expect(await jobs(t, 'handle-event', 'group_id = $1', [owner.organizationId])).toHaveLength(1_000);
});
