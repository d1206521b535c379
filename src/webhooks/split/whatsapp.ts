/** Walks `entry[] → changes[] → value` of Meta's WhatsApp webhooks (Cloud API, Webhooks → Components). */
import { factOf, unreadable, type Fact, type ReceivedDelivery } from './fact.js';
import { sliceKey } from './fact-key.js';
import { parseLossless } from './lossless-json.js';
import { splitMessages } from './whatsapp-messages.js';
import { wholeChange } from './whatsapp-change.js';
import { isJsonObject, listOf, objectOf, wordOf, type JsonObject } from './vendor-values.js';

/** Meta batches at most 1,000 updates (Graph API, Webhooks). Three megabytes of `0,0,…` would be a million facts. */
const maxFacts = 5_000;

/** In the order they came: one or more, each with only its own slice. */
export function splitWhatsApp(delivery: ReceivedDelivery): readonly Fact[] {
  const body = parseLossless(delivery.body);
  if (!isJsonObject(body)) return [unreadable(delivery)];
  const facts = [...factsOf(body).take(maxFacts + 1)];
  if (facts.length > maxFacts) return [unreadable(delivery)];
  return facts.length > 0 ? facts : [unknown(body)];
}

function* factsOf(body: JsonObject): Generator<Fact> {
  if (body['object'] !== 'whatsapp_business_account') return;
  for (const entry of listOf(body['entry'])) {
    const changes = listOf(objectOf(entry)['changes']);
    if (changes.length === 0) yield unknown({ entry });
    for (const change of changes) yield* splitChange(objectOf(entry), change);
  }
}

function* splitChange(entry: JsonObject, change: unknown): Generator<Fact> {
  const { field } = objectOf(change);
  if (field === 'messages') yield* splitMessages(entry, objectOf(change));
  else yield wholeChange(`change.${wordOf(field, 'unknown')}`, entry, change);
}

function unknown(slice: object): Fact {
  return factOf({
    account: undefined,
    type: 'whatsapp.unknown',
    key: sliceKey('unknown', slice),
    eventKey: undefined,
    occurredAt: undefined,
    payload: slice,
  });
}
