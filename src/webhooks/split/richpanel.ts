/**
 * Richpanel documents no webhook and signs nothing. What arrives is a JSON template that the operator wrote into an
 * "HTTP target" of an automation; ours is `{"event":"ticket.updated","workspace":"…","ticketId":"{{ticket.id}}"}`.
 */
import { factOf, unreadable, type Fact, type ReceivedDelivery } from './fact.js';
import { factKey } from './fact-key.js';
import { parseLossless } from './lossless-json.js';
import { accountOf, idOf, isJsonObject, objectOf, wordOf } from './vendor-values.js';

/**
 * One fact, with all that was sent and `ticketId` as a string. Also takes `{"ticket":{"id":…}}`. Without a ticket
 * there is nothing to read again, and a placeholder may have broken the JSON: both are unreadable.
 */
export function splitRichpanel(delivery: ReceivedDelivery): Fact {
  const body = parseLossless(delivery.body);
  if (!isJsonObject(body)) return unreadable(delivery);
  const account = accountOf(body['workspace']);
  const ticketId = idOf(body['ticketId']) ?? idOf(objectOf(body['ticket'])['id']);
  if (ticketId === undefined) return unreadable(delivery, account);
  return factOf({
    account,
    type: wordOf(body['event'], 'ticket.updated'),
    // The vendor has no id of the delivery or the event; what is new in a ticket is found by reading it again.
    key: factKey('delivery', delivery.id),
    eventKey: undefined,
    occurredAt: undefined,
    payload: { ...body, ticketId },
  });
}
