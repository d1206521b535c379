import { expect, test } from 'vitest';
import { DeterministicMatch } from '../../src/automation/deterministic-match.js';
import { phoneKey, type Writer } from '../../src/automation/identity.js';
import { emailKey } from '../../src/support/email-key.js';
import { matchOrder } from '../../src/automation/order-match.js';
import { findOrderNumbers } from '../../src/automation/order-number.js';
import { lamp, matchOf, olivia, strangers } from './orders.js';

const numbers = findOrderNumbers('where is order #1001?');
const reasonOf = (input: Parameters<typeof matchOrder>[0]) => {
  const match = matchOrder(input);
  return match.tier === 2 ? 'tier 2' : match.reason;
};

test.each([
  ['phone', 'order', olivia],
  ['phone', 'order', { phone: '+49 (1511) 234-5678' }],
  ['email', 'order', { email: ' OLIVIA@example.com ' }],
  ['email', 'customer', { email: 'olivia.ohm@example.com' }],
  ['user-id', 'customer', { userId: 'gid://shopify/Customer/7' }],
])('tier 2 by the %s of the %s', (field, of, writer) => {
  const found = matchOrder({ numbers, orders: [lamp, strangers], writer });
  if (found.tier !== 2) throw new Error(found.reason);
  expect(found.match.evidence.identity).toEqual({ field, of });
  expect(found.match.order).toEqual(lamp);
});

test('everything less is tier 1, with the reason', () => {
  const orders = [lamp];
  const two = findOrderNumbers('#1001 and #1002');
  expect(reasonOf({ numbers: [], orders, writer: olivia })).toBe('no-number');
  expect(reasonOf({ numbers: two, orders, writer: olivia })).toBe('several-numbers');
  expect(reasonOf({ numbers, orders: [], writer: olivia })).toBe('not-found');
  expect(reasonOf({ numbers, orders: [strangers], writer: olivia })).toBe('not-found');
  expect(reasonOf({ numbers, orders: [lamp, { ...lamp, id: 'x' }], writer: olivia })).toBe('several-orders');
  expect(reasonOf({ numbers, orders, writer: { phone: '+447400123456' } })).toBe('not-the-writers');
  expect(reasonOf({ numbers, orders, writer: {} })).toBe('nothing-to-compare');
  expect(matchOrder({ numbers: two, orders: [lamp, strangers], writer: olivia })).toMatchObject({
    candidates: [
      { id: lamp.id, name: '#1001' },
      { id: strangers.id, name: '#1002' },
    ],
  });
});

test('without a number and without an order there is nothing to match', () => {
  expect(matchOrder({ numbers: [], orders: [], writer: olivia })).toEqual({ tier: 0, reason: 'no-order' });
});

test.each<[Writer, string]>([
  [{ phone: '01511 2345678' }, 'no country'],
  [{ phone: '4915112345678' }, 'no plus'],
  [{ phone: '+4915112345678 ext. 5' }, 'an extension'],
  [{ phone: '' }, 'empty'],
  [{ email: '' }, 'empty'],
  [{ email: 'olivia' }, 'no address'],
  [{ userId: '7' }, 'a bare number'],
  [{ userId: '' }, 'empty'],
])('what cannot be compared is not compared: %j, %s', ({ phone = null, email = null, userId }) => {
  const bare = { ...lamp, phone, email, customer: { id: userId ?? '7', phone, email } };
  const writer = { phone: phone ?? undefined, email: email ?? undefined, userId };
  expect(reasonOf({ numbers, orders: [bare], writer })).toBe('nothing-to-compare');
});

test('nothing equals nothing: fields that both lack prove nothing', () => {
  const { email: _, phone: __, customer: ___, ...anonymous } = lamp;
  expect(reasonOf({ numbers, orders: [anonymous], writer: {} })).toBe('nothing-to-compare');
  expect(reasonOf({ numbers, orders: [anonymous], writer: olivia })).toBe('nothing-to-compare');
});

test('an address that only looks alike is another one', () => {
  expect(emailKey('mi\u212ae@example.com')).toBeUndefined();
  expect(emailKey('ol\u0456via@example.com')).not.toBe(emailKey('olivia@example.com'));
  expect(emailKey('ｏlivia@example.com')).not.toBe(emailKey('olivia@example.com'));
  expect(emailKey('jose\u0301@example.com')).toBe(emailKey('JOSÉ@example.com'));
  expect(phoneKey('＋49 1511 2345678')).toBe('+4915112345678');
});

test('nobody makes a match but the proof, and what is stored is none', () => {
  const match = matchOf(lamp);
  expect(DeterministicMatch.isProven(match)).toBe(true);
  const forged: readonly unknown[] = [
    Object.assign({}, match),
    structuredClone(Object.assign({}, match)),
    Object.create(DeterministicMatch.prototype),
    Object.assign(Object.create(DeterministicMatch.prototype) as object, match),
    JSON.parse(JSON.stringify(match)),
    null,
    undefined,
  ];
  for (const value of forged) expect(DeterministicMatch.isProven(value)).toBe(false);
  const Open = DeterministicMatch as unknown as new (...given: unknown[]) => unknown;
  expect(() => new Open(lamp, numbers[0], { field: 'phone', of: 'order' })).toThrow(TypeError);
});

test('the stored evidence says what proved it and nothing else of the order', () => {
  expect(JSON.parse(JSON.stringify(matchOf(lamp, 'where is #1001?')))).toEqual({
    orderId: lamp.id,
    orderName: '#1001',
    number: { value: '#1001', start: 9, end: 14 },
    identity: { field: 'email', of: 'order' },
  });
});

test('a match cannot be changed, nor through the order it was made of', () => {
  const order = structuredClone(lamp);
  const match = matchOf(order);
  Object.assign(order, { name: '#1002', statusPageUrl: 'https://evil.example' });
  expect(match.order).toEqual(lamp);
  expect(() => Object.assign(match, { facts: [] })).toThrow(TypeError);
  expect(() => Object.assign(match.order.fulfillments[0]!.tracking[0]!, { number: 'x' })).toThrow(TypeError);
  expect(() => (match.facts as unknown[]).push({})).toThrow(TypeError);
});
