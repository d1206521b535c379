/** Six things that happen to a shop, each played against the running code and judged by what it left behind. */
import { randomUUID } from 'node:crypto';
import { grace, mara, now, until, type Row, type Shop } from './shop.ts';
import { answerSteps, step, type Step } from './steps.ts';
import type { World } from './world.ts';

export interface Ending {
  readonly steps: readonly Step[];
  /** As it should have ended. */
  readonly right: boolean;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly play: (world: World, shop: Shop) => Promise<Ending>;
}

const volt = { organization: 'volt-motors-demo' };
const question = 'Where is my order #1001?';
const newest = async (shop: Shop, path: string, isIt: (row: Row) => boolean) =>
  until(path, async () => (await shop.list(path)).find(isIt));

async function sentByItself(_world: World, shop: Shop): Promise<Ending> {
  const delivery = await shop.write(mara, question);
  const steps = await answerSteps(shop, delivery, mara, question);
  const [accepted] = await until('the outbox', async () => nonEmpty(await shop.outbox()));
  const { id } = accepted!['message'] as Row;
  steps.push(step('outbox', `accepted as ${String(accepted!['vendorMessageId'])}`));
  await shop.report(accepted!['vendorMessageId'], 'delivered', id);
  const conversation = await conversationOf(shop, mara);
  const path = `/v1/conversations/${conversation.id}/messages`;
  const message = await newest(shop, path, (row) => row.id === id && row['status'] === 'delivered');
  steps.push(step('status', `the vendor reports: ${String(message['status'])}`));
  return { steps, right: message['author'] === 'automation' && String(message['text']).includes('#1001') };
}

async function approvedByAPerson(world: World, shop: Shop): Promise<Ending> {
  await world.setFlags({ ...volt, safeMode: 'on' });
  const text = 'And where is my order #1001 now?';
  const steps = await answerSteps(shop, await shop.write(mara, text), mara, text);
  const draft = await newest(shop, '/v1/drafts?status=open', () => true);
  const before = (await shop.outbox()).length;
  const approval = await shop.post(`/v1/drafts/${draft.id}/approval`);
  steps.push(step('approval', `Olivia approves: ${approval.status}`));
  const outbox = await until('the outbox', async () => {
    const all = await shop.outbox();
    return all.length > before ? all : undefined;
  });
  steps.push(
    step('outbox', `accepted as ${String(outbox.at(-1)!['vendorMessageId'])}, as Olivia’s own message`),
  );
  await world.setFlags({ ...volt, safeMode: 'off' });
  return { steps, right: approval.status === 200 && outbox.length === before + 1 };
}

async function refusedBecauseAnothers(_world: World, shop: Shop): Promise<Ending> {
  const before = (await shop.outbox()).length;
  const delivery = await shop.write(grace, question);
  const steps = await answerSteps(shop, delivery, grace, question);
  const conversation = await conversationOf(shop, grace);
  const decision = await newest(shop, `/v1/conversations/${conversation.id}/decisions`, () => true);
  const silent = (await shop.outbox()).length === before;
  steps.push(step('outbox', silent ? 'nothing left, and nothing was drafted' : 'something left'));
  return {
    steps,
    right: decision['verdict'] === 'refuse' && decision['reason'] === 'order-unproven' && silent,
  };
}

async function duplicateIgnored(_world: World, shop: Shop): Promise<Ending> {
  const same = { id: `wamid.${randomUUID()}`, at: now() };
  const first = await shop.write(grace, 'Thank you!', same);
  const second = await shop.write(grace, 'Thank you!', same);
  const { id } = await conversationOf(shop, grace);
  const thanks = async () =>
    (await shop.list(`/v1/conversations/${id}/messages`)).filter((row) => row['text'] === 'Thank you!');
  await until('the message', async () => nonEmpty(await thanks()));
  const once = (await thanks()).length === 1;
  const said = [first, second].map(({ status, body, ms }) => `${status} ${body.status} (${ms} ms)`);
  const steps = [
    step('delivery', said[0]!),
    step('again', said[1]!),
    step('conversation', once ? '“Thank you!”, once' : 'told twice'),
  ];
  return { steps, right: first.body.status === 'stored' && second.body.status === 'duplicate' && once };
}

async function badSignatureRefused(_world: World, shop: Shop): Promise<Ending> {
  const before = (await shop.list('/v1/webhook-events')).length;
  const { status, body, ms } = await shop.write(mara, question, { tamper: true });
  const after = (await shop.list('/v1/webhook-events')).length;
  const steps = [
    step('delivery', `${status} ${body.code} (${ms} ms): one byte differs from what was signed`),
    step('events', after === before ? 'none more than before' : 'one more than before'),
  ];
  return { steps, right: status === 401 && after === before };
}

async function draftMadeStale(world: World, shop: Shop): Promise<Ending> {
  await world.setFlags({ ...volt, safeMode: 'on' });
  const text = 'Hello again, where is my order #1001?';
  const steps = await answerSteps(shop, await shop.write(mara, text), mara, text);
  const draft = await newest(shop, '/v1/drafts?status=open', () => true);
  await shop.write(mara, 'It has just arrived, thank you!');
  await newest(shop, '/v1/drafts?status=void', (row) => row.id === draft.id);
  steps.push(step('message', 'Mara writes again: “It has just arrived, thank you!”'));
  const before = (await shop.outbox()).length;
  const approval = await shop.post(`/v1/drafts/${draft.id}/approval`);
  steps.push(step('approval', `Olivia approves the old draft: ${approval.status} ${approval.body.code}`));
  await world.setFlags({ ...volt, safeMode: 'off' });
  const silent = (await shop.outbox()).length === before;
  return { steps, right: approval.status === 409 && approval.body.code === 'draft-stale' && silent };
}

export const cases: readonly Case[] = [
  { name: 'sent', title: 'A proven order is told of by itself', play: sentByItself },
  { name: 'approved', title: 'Safe mode holds the draft; a person approves it', play: approvedByAPerson },
  { name: 'refused', title: 'The order belongs to somebody else', play: refusedBecauseAnothers },
  { name: 'duplicate', title: 'The vendor sends the same delivery again', play: duplicateIgnored },
  { name: 'signature', title: 'The signature does not fit the bytes', play: badSignatureRefused },
  { name: 'stale', title: 'A new message makes the draft stale', play: draftMadeStale },
];

async function conversationOf(shop: Shop, phone: string): Promise<Row> {
  const [contact] = await shop.list(`/v1/contacts?phone=${encodeURIComponent(`+${phone}`)}`);
  const [conversation] = await shop.list(`/v1/conversations?contactId=${contact!.id}`);
  return conversation!;
}

function nonEmpty(rows: Row[]): Row[] | undefined {
  return rows.length > 0 ? rows : undefined;
}
