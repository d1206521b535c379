/** What is allowed allows itself, not what can be put together from its pieces; and a proof cannot be changed afterwards. */
import { expect, test } from 'vitest';
import { unsupportedFacts } from '../../src/automation/fact-check.js';
import { matchOrder } from '../../src/automation/order-match.js';
import { findOrderNumbers } from '../../src/automation/order-number.js';
import { lamp, matchOf, olivia, strangers } from './orders.js';

const listed = (text: string, texts: readonly string[]) =>
  unsupportedFacts(text, null, { texts }).map(({ kind, span }) => `${kind} ${span.text}`);

test('numbers of a template allow no longer number that they could be strung together to', () => {
  const texts = ['12', '34', '56', '78', '90'];
  expect(listed('12345678901234', texts)).toEqual(['tracking-number 12345678901234']);
});

test('a number is not allowed because a part of it is', () => {
  const numbers = ['12 34 56 78 90', '+49 30 12 34 56'];
  for (const number of numbers) expect(listed(`call ${number}`, ['12'])).not.toEqual([]);
});

test('the evidence of a match is as it was found, to whoever holds it', () => {
  const { evidence, facts, order } = matchOf(lamp);
  for (const part of [evidence, evidence.number, evidence.identity, order, order.customer])
    expect(Object.isFrozen(part)).toBe(true);
  expect(() => Object.assign(evidence.identity, { of: 'customer' })).toThrow(TypeError);
  expect(facts.length).toBeGreaterThan(0);
});

test('of many orders that may be meant a person is shown five', () => {
  const orders = Array.from({ length: 7 }, (_, index) => ({
    ...strangers,
    id: `gid://shopify/Order/${index}`,
  }));
  const numbers = findOrderNumbers('order #1002');
  const match = matchOrder({ numbers, orders, writer: olivia });
  expect(match).toMatchObject({ tier: 1, reason: 'several-orders' });
  expect('candidates' in match && match.candidates.map(({ id }) => id)).toEqual(
    orders.slice(0, 5).map(({ id }) => id),
  );
});
