/** What overtakes an answer on its way: a newer message, another owner of the number, a faster report, another process. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WhatsAppProvider } from '../../src/providers/messaging/whatsapp.provider.js';
import { makeDue } from '../jobs/worked.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { again, waiting, whileWritten } from './again.js';
import { grace, mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly failure: string | null;
  readonly verdict: string;
  readonly reason: string;
  readonly answers_id: string;
  readonly author: string;
}

test('a newer message that comes while the answer is written is the one that is answered', async () => {
  const shop = await Shop.open(t);
  const arrived = async () => (await shop.rows<Row>('messages')).filter(({ author }) => author === 'contact');
  await whileWritten(
    t,
    () => shop.write(mara, 'Where is my order #1001?'),
    async () => {
      await shop.write(mara, 'So where is my order #1001?');
      await expect.poll(arrived, soon).toHaveLength(2);
    },
  );
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  const [, newer] = await arrived();
  const answered = (await shop.rows<Row>('decisions')).map((each) => each.answers_id);
  expect(answered).toEqual([newer!.id]);
  expect((await shop.rows<Row>('drafts')).map((each) => each.answers_id)).toEqual([newer!.id]);
  expect(await shop.outbox()).toHaveLength(1);
});

test('a new message voids the draft that waits for the one before: no other person’s, and none that was decided', async () => {
  const shop = await Shop.open(t, { ladder: 'drafts' });
  const ask = async (from: string, count: number) => {
    await shop.write(from, `Where is my order? It was to come ${'!'.repeat(count)}`);
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(count);
    await shop.settled();
  };
  await ask(mara, 1);
  const [first] = await shop.rows<Row>('drafts');
  await t.http().post(`/v1/drafts/${first!.id}/rejection`).set(shop.owner.bearer).expect(200);
  await ask(mara, 2);
  await ask(grace, 3);
  await ask(mara, 4);
  const statuses = (await shop.rows<Row>('drafts')).map(({ status }) => status);
  expect(statuses).toEqual(['rejected', 'void', 'open', 'open']);
});

test('a number that is another’s by the time the answer is written proves nothing, whoever it was', async () => {
  const shop = await Shop.open(t);
  const { organizationId } = shop.owner;
  await whileWritten(
    t,
    () => shop.write(mara, 'Where is my order #1001?'),
    () =>
      t.admin.query(`UPDATE contacts SET phone = '+12025550199' WHERE organization_id = $1`, [
        organizationId,
      ]),
  );
  const retried = async () => {
    await makeDue(t, 'answer-message');
    return shop.rows<Row>('decisions');
  };
  await expect.poll(retried, soon).toHaveLength(1);
  expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
    verdict: 'refuse',
    reason: 'order-unproven',
  });
  await shop.settled();
  expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
});

describe('while something else holds the conversation', () => {
  /** The answer waits for the lock, and then sees what was done under it. */
  async function answered(under: string, values: (shop: Shop) => Promise<unknown[]>): Promise<Shop> {
    const shop = await Shop.open(t, { ladder: 'routing' });
    const { organizationId } = shop.owner;
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(1);
    await shop.settled();
    await t.admin.query('DELETE FROM decisions WHERE organization_id = $1', [organizationId]);
    await shop.set({ ladder: 'whitelist' });
    const holder = await connect(t.database.adminUrl);
    try {
      await holder.query('BEGIN');
      await holder.query(under, [organizationId, ...(await values(shop))]);
      await again(t, shop, 'answer-message');
      await expect.poll(() => waiting(t, 'conversation'), soon).toBe(1);
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    return shop;
  }

  test('a message that was counted under it is the one to answer', async () => {
    const count = 'UPDATE conversations SET inbound_seq = inbound_seq + 1 WHERE organization_id = $1';
    const shop = await answered(count, async () => []);
    await shop.settled();
    expect([await shop.outbox(), await shop.rows('drafts'), await shop.rows('decisions')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('whose it became under it is who is asked about: nothing is told to who had it', async () => {
    const give = 'UPDATE conversations SET contact_id = $2 WHERE organization_id = $1';
    const shop = await answered(give, async ({ owner: { organizationId } }) => [
      (await t.make.contact(organizationId, { phone: '+12025550199' })).id,
    ]);
    const decided = async () => {
      await makeDue(t, 'answer-message');
      return shop.rows<Row>('decisions');
    };
    await expect.poll(decided, soon).toMatchObject([{ verdict: 'refuse', reason: 'order-unproven' }]);
    await shop.settled();
    expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
  });
});

describe('what a person approved', () => {
  /** Approved, and what happens between that and its leaving. */
  async function approved(meanwhile: string) {
    const shop = await Shop.open(t, { safe_mode: true });
    const { organizationId } = shop.owner;
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(1);
    await shop.settled();
    const [draft] = await shop.rows<Row>('drafts');
    const holder = await connect(t.database.adminUrl);
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM contacts WHERE organization_id = $1 FOR UPDATE', [organizationId]);
      await t.http().post(`/v1/drafts/${draft!.id}/approval`).set(shop.owner.bearer).expect(200);
      await expect.poll(() => waiting(t, 'contacts'), soon).toBe(1);
      await holder.query(meanwhile, [organizationId]);
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    await shop.settled();
    const messages = await shop.rows<Row>('messages');
    return { shop, sent: messages.find(({ author }) => author === 'member')! };
  }

  test('does not leave when the contact writes again before it does: it answers what they no longer ask', async () => {
    const { shop, sent } = await approved(
      'UPDATE conversations SET inbound_seq = inbound_seq + 1 WHERE organization_id = $1',
    );
    expect(sent).toMatchObject({ status: 'not-sent', failure: 'draft-stale' });
    expect(await shop.outbox()).toEqual([]);
  });

  test('leaves when something else changes', async () => {
    const { shop, sent } = await approved(
      `UPDATE conversations SET tags = '{late}' WHERE organization_id = $1`,
    );
    expect(sent.status).toBe('sent');
    expect(await shop.outbox()).toHaveLength(1);
  });
});

describe('a report that comes while the vendor still answers', () => {
  /** The vendor has taken the message; its answer comes when the test says. */
  async function taken() {
    const vendor = t.app.get(WhatsAppProvider);
    const { send } = vendor;
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    vi.spyOn(vendor, 'send').mockImplementation(async (...given) => {
      const outcome = await send.apply(vendor, given);
      await answered;
      return outcome;
    });
    const shop = await Shop.open(t);
    await shop.write(grace, 'Where is my order?');
    await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
    const latest = async () => (await shop.rows<Row>('messages'))[1]!;
    return { shop, latest, answer };
  }
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is not undone by the answer', async () => {
    const { shop, latest, answer } = await taken();
    await shop.report('wamid.of.the.vendor', 'delivered', (await latest()).id);
    await expect.poll(async () => (await latest()).status, soon).toBe('delivered');
    answer();
    await shop.settled();
    expect((await latest()).status).toBe('delivered');
  });

  test('is not undone either when both come at the same moment', async () => {
    const { shop, latest, answer } = await taken();
    const reporting = await connect(t.database.adminUrl);
    try {
      await reporting.query('BEGIN');
      await reporting.query(
        `UPDATE messages SET status = 'delivered' WHERE organization_id = $1 AND direction = 'outbound'`,
        [shop.owner.organizationId],
      );
      answer();
      await expect.poll(() => waiting(t, 'message'), soon).toBe(1);
      await reporting.query('COMMIT');
    } finally {
      await reporting.end();
    }
    await shop.settled();
    expect((await latest()).status).toBe('delivered');
  });
});

test.each([
  ['by itself', 'answer-message'],
  ['for a person', 'send-message'],
] as const)(
  'what another process is sending %s is left to it while it may be at it, and nobody’s after that',
  async (_whose, job) => {
    const shop = await Shop.open(t);
    const { organizationId } = shop.owner;
    const outbound = async () => (await shop.rows<Row>('messages')).at(-1)!;
    if (job === 'answer-message') await shop.write(grace, 'Where is my order?');
    else {
      await shop.set({ ladder: 'routing' });
      await shop.write(grace, 'Where is my order?');
      await shop.settled();
      const [conversation] = await shop.get<Row>('/v1/conversations');
      const path = `/v1/conversations/${conversation!.id}/messages`;
      await t.http().post(path).set(shop.owner.bearer).send({ text: 'On our way' }).expect(201);
    }
    await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
    await shop.settled();
    const claimed = async (since: string) =>
      t.admin.query(
        `UPDATE messages SET status = 'sending', sending_since = now() - $2::interval
          WHERE organization_id = $1 AND direction = 'outbound'`,
        [organizationId, since],
      );
    await claimed('1 second');
    await again(t, shop, job);
    const given = async () =>
      (
        await t.admin.query(
          `SELECT FROM pgboss.job_common WHERE group_id = $1 AND name = $2 AND state = 'retry'`,
          [organizationId, job],
        )
      ).rowCount;
    await expect.poll(given, soon).toBe(1);
    expect((await outbound()).status).toBe('sending');
    await claimed('2 minutes');
    await makeDue(t, job);
    await expect.poll(async () => (await outbound()).status, soon).toBe('unknown');
    await shop.settled();
    expect(await shop.outbox()).toHaveLength(1);
  },
);
