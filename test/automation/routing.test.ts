import { expect, test } from 'vitest';
import { readRoutingRules, type RoutingCondition } from '../../src/automation/routing-rule.js';
import { route, type ConversationFacts } from '../../src/automation/routing.js';

const ids = ['019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d01', '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d02'] as const;
const facts: ConversationFacts = {
  channel: 'whatsapp',
  intent: 'order-status',
  text: 'Où est ma  COMMANDE ?',
  tags: ['VIP'],
  receivedAt: new Date('2026-07-01T21:30:00Z'),
  contactKnown: true,
};

const rule = (...conditions: readonly object[]) => ({ id: ids[0], conditions, tags: ['a'] });

function routed(stored: unknown, given: ConversationFacts = facts) {
  const read = readRoutingRules(stored);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return route(read.rules, given);
}

test.each<[RoutingCondition, boolean]>([
  [{ type: 'channel', is: 'whatsapp' }, true],
  [{ type: 'channel', is: 'email' }, false],
  [{ type: 'intent', is: 'order-status' }, true],
  [{ type: 'intent', is: 'return' }, false],
  [{ type: 'text', containsAny: ['lamp', 'ou est ma commande'] }, true],
  [{ type: 'text', containsAny: ['lamp'] }, false],
  [{ type: 'tag', has: 'vip' }, true],
  [{ type: 'tag', has: 'vi' }, false],
  [{ type: 'hours', from: '23:00', to: '23:31', timeZone: 'Europe/Berlin' }, true],
  [{ type: 'hours', from: '23:00', to: '23:30', timeZone: 'Europe/Berlin' }, false],
  [{ type: 'hours', from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' }, true],
  [{ type: 'hours', from: '06:00', to: '22:00', timeZone: 'Europe/Berlin' }, false],
  [{ type: 'hours', from: '21:30', to: '21:31', timeZone: 'UTC' }, true],
  [{ type: 'hours', from: '06:30', to: '07:00', timeZone: 'Asia/Tokyo' }, true],
  [{ type: 'contact', known: true }, true],
  [{ type: 'contact', known: false }, false],
])('%j: %s', (condition, holds) => {
  expect(routed([rule(condition)]) !== null).toBe(holds);
});

test('midnight is 00:00, and the hour follows the summer time of the zone', () => {
  const midnight = { type: 'hours', from: '00:00', to: '00:01', timeZone: 'Europe/Berlin' };
  const at = (time: string) => routed([rule(midnight)], { ...facts, receivedAt: new Date(time) }) !== null;
  expect([at('2026-07-01T22:00:00Z'), at('2026-07-01T23:00:00Z')]).toEqual([true, false]);
  expect([at('2026-01-01T22:00:00Z'), at('2026-01-01T23:00:00Z')]).toEqual([false, true]);
});

test('the first rule of which every condition holds decides', () => {
  const no = rule({ type: 'channel', is: 'whatsapp' }, { type: 'tag', has: 'x' });
  const yes = { id: ids[1], conditions: [], assigneeId: ids[0], status: 'pending' };
  expect(routed([no, yes])).toEqual({ ruleId: ids[1], assigneeId: ids[0], tags: [], status: 'pending' });
  expect(routed([rule(), yes])).toEqual({ ruleId: ids[0], tags: ['a'] });
  expect(routed([no])).toBeNull();
  expect(routed([])).toBeNull();
});

test.each([
  [null, ''],
  [[{}], '0.id'],
  [[rule({ type: 'moon' })], '0.conditions.0.type'],
  [[rule({ type: 'channel', is: 'fax' })], '0.conditions.0.is'],
  [[rule({ type: 'text', containsAny: [] })], '0.conditions.0.containsAny'],
  [[rule({ type: 'text', containsAny: [' '] })], '0.conditions.0.containsAny.0'],
  [[rule({ type: 'hours', from: '24:00', to: '06:00', timeZone: 'UTC' })], '0.conditions.0.from'],
  [[rule({ type: 'hours', from: '06:00', to: '06:00', timeZone: 'UTC' })], '0.conditions.0'],
  [
    [rule({ type: 'hours', from: '06:00', to: '07:00', timeZone: 'Mars/Olympus' })],
    '0.conditions.0.timeZone',
  ],
  [[rule({ type: 'contact', known: true, extra: 1 })], '0.conditions.0'],
  [[{ ...rule(), assigneeId: 'olivia' }], '0.assigneeId'],
  [[rule(), rule()], ''],
])('stored rules with a problem are refused whole, and it is said where: %j', (stored, path) => {
  const read = readRoutingRules(stored);
  expect('problems' in read && read.problems.map((problem) => problem.path)).toContain(path);
});

test('of a text that is longer than a question only the end is compared', () => {
  const stored = [rule({ type: 'text', containsAny: ['lamp'] })];
  const long = 'word '.repeat(200_000);
  expect(routed(stored, { ...facts, text: `${long}lamp` })).not.toBeNull();
  expect(routed(stored, { ...facts, text: `lamp ${long}` })).toBeNull();
});
