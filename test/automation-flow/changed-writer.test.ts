/** What changes between looking up and sending: who the writer is, and the words that were checked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { makeDue } from '../jobs/worked.js';
import { again, whileWritten } from './again.js';
import { mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly text: string;
  readonly verdict: string;
  readonly reason: string;
}

test('a number that moves on while the order is looked up proves nothing any more', async () => {
  const shop = await Shop.open(t, { ladder: 'routing' });
  await shop.write(mara, 'Where is my order #1001?');
  await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(1);
  await shop.settled();
  await shop.set({ ladder: 'whitelist' });
  await t.admin.query('DELETE FROM decisions WHERE organization_id = $1', [shop.owner.organizationId]);
  const { organizationId } = shop.owner;
  const arriving = await connect(t.database.adminUrl);
  await arriving.query('BEGIN');
  await arriving.query(
    `UPDATE contacts SET phone = NULL, whatsapp_user_id = 'US.1' WHERE organization_id = $1`,
    [organizationId],
  );
  await again(t, shop);
  const blocked = async () =>
    (
      await t.admin.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%contacts%'`,
      )
    ).rowCount;
  // It has matched the order by now, and waits to act on it.
  await expect.poll(blocked, soon).toBe(1);
  // It waits with empty hands: what arrives locks the contact first, then the conversation, and never meets it half way.
  await arriving.query('SELECT FROM conversations WHERE organization_id = $1 FOR UPDATE NOWAIT', [
    organizationId,
  ]);
  await arriving.query('COMMIT');
  await arriving.end();
  const decisions = async () => {
    // It failed, and would be tried again in a while.
    await makeDue(t, 'answer-message');
    return shop.rows('decisions');
  };
  await expect.poll(decisions, soon).toHaveLength(1);
  expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
    verdict: 'refuse',
    reason: 'order-unproven',
  });
  await shop.settled();
  expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
});

test('words that wait are not sent on the strength of others that were checked: a person has them', async () => {
  const shop = await Shop.open(t);
  await shop.write(mara, 'Where is my order #1001?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  // As after an attempt that the vendor did not take, with words that the next writing would not choose.
  await t.admin.query(
    `UPDATE messages SET status = 'ready', attempt = NULL, text = 'Your order #1001 was delivered' WHERE organization_id = $1 AND direction = 'outbound'`,
    [shop.owner.organizationId],
  );
  await again(t, shop);
  await expect.poll(async () => (await shop.rows<Row>('messages'))[1]!.status, soon).toBe('not-sent');
  await shop.settled();
  expect(await shop.outbox()).toHaveLength(1);
  expect((await shop.rows<Row>('decisions')).at(-1)).toMatchObject({
    verdict: 'hold',
    reason: 'facts-unchecked',
  });
  expect((await shop.rows<Row>('drafts'))[0]).toMatchObject({ status: 'open' });
});

test('what waits and is refused by now lies before nobody: a person could send it to somebody else', async () => {
  const shop = await Shop.open(t);
  await shop.write(mara, 'Where is my order #1001?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  const { organizationId } = shop.owner;
  await t.admin.query(
    `UPDATE messages SET status = 'ready', attempt = NULL WHERE organization_id = $1 AND direction = 'outbound'`,
    [organizationId],
  );
  await t.admin.query(`UPDATE contacts SET phone = '+12025550199' WHERE organization_id = $1`, [
    organizationId,
  ]);
  await again(t, shop);
  await expect.poll(async () => (await shop.rows<Row>('messages'))[1]!.status, soon).toBe('not-sent');
  await shop.settled();
  const [draft] = await shop.rows<Row>('drafts');
  expect(draft).toMatchObject({ status: 'void', reason: 'order-unproven' });
  const approved = await t.http().post(`/v1/drafts/${draft!.id}/approval`).set(shop.owner.bearer).expect(409);
  expect(approved.body).toMatchObject({ code: 'draft-closed' });
  expect(await shop.outbox()).toHaveLength(1);
});

test('a connection disabled while the order is looked up: nothing leaves over it', async () => {
  const shop = await Shop.open(t);
  const path = `/v1/connections/${shop.whatsapp.connectionId}`;
  await whileWritten(
    t,
    async () => shop.write(mara, 'Where is my order #1001?'),
    async () => t.http().patch(path).set(shop.owner.bearer).send({ status: 'disabled' }).expect(200),
  );
  await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(1);
  expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
    verdict: 'refuse',
    reason: 'recipient-refused',
  });
  await shop.settled();
  expect(await shop.outbox()).toEqual([]);
});
