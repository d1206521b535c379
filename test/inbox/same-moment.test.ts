/** What comes while something else is at the same person or the same message waits for it, and sees what it did. */
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waiting } from '../automation-flow/again.js';
import { soon } from '../jobs/worked.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { connected, countOf, type Connected } from '../webhooks/connected.js';
import { inboxOf, messageRow, post, reported, take, untilHandled, wrote } from './wrote.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

const phone = '12025550143';

/** A transaction of something else's, committed when the work is done. */
async function beside(work: (other: Client) => Promise<void>): Promise<void> {
  const other = await connect(t.database.adminUrl);
  try {
    await other.query('BEGIN');
    await work(other);
    await other.query('COMMIT');
  } finally {
    await other.end();
  }
}

/** Taken in, and whatever the automation does about it is done: it holds nobody any more. */
async function takeAll(at: Connected, change: object): Promise<void> {
  await take(t, at, change);
  const open = `group_id = $1 AND state < 'completed'`;
  await expect.poll(() => countOf(t, 'pgboss.job_common', open, [at.owner.organizationId]), soon).toBe(0);
}

test('two messages after a resolved conversation begin one new one, and not one each', async () => {
  const at = await connected(t, 'whatsapp');
  await takeAll(at, wrote(at, { id: '1', phone }));
  const [first] = (await inboxOf(t, at)).conversations;
  await t.admin.query(`UPDATE conversations SET status = 'resolved' WHERE id = $1`, [first!.id]);
  await beside(async (other) => {
    await other.query('SELECT FROM contacts WHERE organization_id = $1 FOR UPDATE', [
      at.owner.organizationId,
    ]);
    await Promise.all(['2', '3'].map(async (id) => post(t, at, wrote(at, { id, phone }))));
    await expect.poll(() => waiting(t, 'contacts'), soon).toBe(2);
  });
  await untilHandled(t, at);
  expect((await inboxOf(t, at)).conversations).toMatchObject([{ inbound_seq: 1 }, { inbound_seq: 2 }]);
});

test('who waits for one of two contacts does not hold the other: nobody waits for ever', async () => {
  const at = await connected(t, 'whatsapp');
  await takeAll(at, wrote(at, { id: '1', userId: 'US.1' }));
  await takeAll(at, wrote(at, { id: '2', phone }));
  const [older, younger] = (await inboxOf(t, at)).contacts;
  await beside(async (other) => {
    await other.query('SELECT FROM contacts WHERE id = $1 FOR UPDATE', [older!.id]);
    await post(t, at, wrote(at, { id: '3', userId: 'US.1', phone }));
    await expect.poll(() => waiting(t, 'contacts'), soon).toBe(1);
    await other.query('SELECT FROM contacts WHERE id = $1 FOR UPDATE NOWAIT', [younger!.id]);
  });
  await untilHandled(t, at);
  expect((await inboxOf(t, at)).contacts).toMatchObject([
    { merged_into_id: null },
    { merged_into_id: older!.id },
  ]);
});

test('a message that meets a person who resolves the conversation begins a new one, and reopens none', async () => {
  const at = await connected(t, 'whatsapp');
  await takeAll(at, wrote(at, { id: '1', phone }));
  const [first] = (await inboxOf(t, at)).conversations;
  await beside(async (other) => {
    await other.query(`UPDATE conversations SET status = 'resolved' WHERE id = $1`, [first!.id]);
    await post(t, at, wrote(at, { id: '2', phone }));
    await expect.poll(() => waiting(t, 'conversation'), soon).toBe(1);
  });
  await untilHandled(t, at);
  expect((await inboxOf(t, at)).conversations).toMatchObject([
    { id: first!.id, status: 'resolved', inbound_seq: 1 },
    { status: 'open', inbound_seq: 1 },
  ]);
});

test('a report that meets a later one under way moves nothing back', async () => {
  const at = await connected(t, 'whatsapp');
  const { organizationId } = at.owner;
  const conversation = await t.make.conversation(
    { id: at.connectionId, organizationId },
    await t.make.contact(organizationId),
  );
  const id = await t.make.message(conversation, {
    direction: 'outbound',
    status: 'sending',
    vendorMessageId: 'wamid.ours',
  });
  await beside(async (other) => {
    await other.query(`UPDATE messages SET status = 'read' WHERE id = $1`, [id]);
    await post(t, at, reported(at, { id: 'wamid.ours', status: 'sent' }));
    await expect.poll(() => waiting(t, 'message'), soon).toBe(1);
  });
  await untilHandled(t, at);
  expect(await messageRow(t, id)).toMatchObject({ status: 'read' });
});
