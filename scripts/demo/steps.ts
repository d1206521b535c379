/** From a delivery to the decision, as the shop can read it afterwards. */
import { until, type Acknowledged, type Row, type Shop } from './shop.ts';

export interface Step {
  readonly what: string;
  readonly said: string;
}

export const step = (what: string, said: string): Step => ({ what, said });

/** All that is the same for every question that is answered, or not. */
export async function answerSteps(
  shop: Shop,
  { status, body, ms, bytes }: Acknowledged,
  phone: string,
  text: string,
): Promise<Step[]> {
  const steps = [
    step('delivery', `${bytes} bytes, signed as Meta signs`),
    step('verified', 'HMAC-SHA256 of the raw bytes, by the secret of this endpoint'),
    step('stored', `once, and acknowledged with ${status} ${body.status} in ${ms} ms`),
  ];
  const contact = await until('the contact', async () =>
    (await shop.list(`/v1/contacts?phone=${encodeURIComponent(`+${phone}`)}`)).at(0),
  );
  const conversation = await until('the conversation', async () =>
    (await shop.list(`/v1/conversations?contactId=${contact.id}`)).at(0),
  );
  const inbound = await until('the message', async () =>
    (await shop.list(`/v1/conversations/${conversation.id}/messages`)).find((row) => row['text'] === text),
  );
  const decision = await until('the decision', async () =>
    (await shop.list(`/v1/conversations/${conversation.id}/decisions`)).find(
      (row) => row['answersId'] === inbound.id,
    ),
  );
  const [event] = await shop.list('/v1/webhook-events?type=message.text&limit=1');
  steps.push(
    step('event', `${String(event!['type'])}, only this shop’s slice`),
    step('contact', `${String(contact['name'])}, +${phone}`),
    step('conversation', `“${text}”`),
    ...(await answerOf(shop, decision)),
  );
  return steps;
}

async function answerOf(shop: Shop, decision: Row): Promise<Step[]> {
  const context = decision['context'] as Readonly<Record<string, string | number | undefined>>;
  const tier = context['tier'] === undefined ? 'not looked up' : `tier ${String(context['tier'])}`;
  const why =
    context['matchReason'] === undefined ? 'number and telephone fit' : String(context['matchReason']);
  const steps = [
    step(
      'route',
      context['ruleId'] ? `by rule ${String(context['ruleId'])}` : 'no rule of this shop asks for it',
    ),
    step('order', `intent ${String(context['intent'])}, ${tier}: ${why}`),
  ];
  const draft = (await shop.list('/v1/drafts')).find((row) => row.id === decision['draftId']);
  if (draft) steps.push(step('draft', `“${String(draft['text'])}”`));
  const checks = decision['checks'] as { check: string; outcome: string; reason: string; detail: string }[];
  const marks: Readonly<Record<string, string>> = { passed: '✓', failed: '✗', skipped: '·' };
  for (const { check, outcome, reason, detail } of checks) {
    const words = outcome === 'passed' ? '' : ` ${reason}${detail ? `: ${detail}` : ''}`;
    steps.push(step('check', `${marks[outcome]} ${check}${words}`));
  }
  steps.push(step('decision', `${String(decision['verdict'])} (${String(decision['reason'])})`));
  return steps;
}
