import { factOf, type Fact } from './fact.js';
import { sliceKey } from './fact-key.js';
import { epochSeconds } from './vendor-times.js';
import { accountOf, objectOf, type JsonObject } from './vendor-values.js';

/**
 * A change we do not take apart, as one fact with the payload `{entryId?, time?, change}`. The time (epoch seconds) is
 * in it because a change that comes a second time, such as a template approved again, differs in nothing else.
 */
export function wholeChange(type: string, entry: JsonObject, change: unknown): Fact {
  const slice = { ...entrySlice(entry), change };
  return factOf({
    account: phoneNumberId(objectOf(change)['value']),
    type,
    key: sliceKey('change', slice),
    eventKey: undefined,
    occurredAt: epochSeconds(entry['time']),
    payload: slice,
  });
}

/** What an entry says besides its changes: `id` (of the WhatsApp Business Account) and `time`. */
export function entrySlice(entry: JsonObject): object {
  const entryId = accountOf(entry['id']);
  const time = epochSeconds(entry['time']) && entry['time'];
  return { ...(entryId !== undefined && { entryId }), ...(time !== undefined && { time }) };
}

/** @param value of a change; `metadata` names the business' own number */
export function phoneNumberId(value: unknown): string | undefined {
  return accountOf(objectOf(objectOf(value)['metadata'])['phone_number_id']);
}
