/** In staging nobody is reached who was not put on the list: by itself, by a person, or by an approved draft. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policies } from '../../src/environment/policy.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { grace, mara, Shop } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  // Local, but for whom a message may reach: a database of staging has a name of its own, which only one test may use.
  t = await startTestApp({ ROLE: 'all' }, (settings) => ({
    ...settings,
    policy: { ...settings.policy, recipients: policies.staging.recipients },
    recipients: [`+${mara}`],
  }));
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly failure: string | null;
  readonly verdict: string;
  readonly reason: string;
  readonly checks: readonly { readonly check: string; readonly detail?: string }[];
}

test('who is listed is answered; who is not is refused, and it is recorded why', async () => {
  const shop = await Shop.open(t);
  await shop.write(mara, 'Where is my order #1001?');
  await shop.write(grace, 'Where is my order #1002?');
  await shop.settled();
  expect((await shop.outbox()).map(({ to }) => to.phone)).toEqual([`+${mara}`]);
  const decisions = await shop.rows<Row>('decisions');
  expect(decisions.map(({ verdict, reason }) => `${verdict}: ${reason}`).toSorted()).toEqual([
    'refuse: recipient-refused',
    'send: ok',
  ]);
  expect(JSON.stringify(decisions)).toContain('a telephone number not on the list of this environment');
  expect(await shop.rows('drafts')).toHaveLength(1);
});

test('a person’s reply and an approved draft are no way round it', async () => {
  const shop = await Shop.open(t);
  await shop.write(grace, 'Where is my order #1002?');
  await shop.settled();
  const [conversation] = await shop.rows<Row>('conversations');
  const path = `/v1/conversations/${conversation!.id}/messages`;
  await t.http().post(path).set(shop.owner.bearer).send({ text: 'Hello Grace' }).expect(201);
  await shop.settled();
  const said = (await shop.rows<Row>('messages')).at(-1);
  expect(said).toMatchObject({ status: 'not-sent', failure: 'recipient-refused' });
  expect(await shop.outbox()).toEqual([]);
});
