/** What is not known never speaks for sending: each field of what the gate decides on, unknown alone. */
import { expect, test } from 'vitest';
import { decide } from '../../src/automation/decide.js';
import type { FailReason } from '../../src/automation/decision-checks.js';
import type { GateInput } from '../../src/automation/decision-input.js';
import { unsupportedFacts } from '../../src/automation/fact-check.js';
import { lamp, matchOf } from './orders.js';

const now = new Date('2026-03-02T12:00:00Z');
const earlier = new Date('2026-03-02T11:00:00Z');
const never = new Date('no date');

const passing: GateInput = {
  author: 'automation',
  now,
  state: { killedBy: [], automationEnabled: true, safeMode: false, ladder: 'whitelist' },
  template: { listed: true, enabled: true, approved: true },
  order: { needed: true, match: matchOf(lamp) },
  unsupported: [],
  window: { channel: 'whatsapp', lastInboundAt: earlier },
  loop: { automaticInARow: 1, lastAutomaticAt: earlier, echoesOurText: false, personReplied: false },
  recipient: { allowed: true },
  budget: { sends: 1, tokens: 1 },
};

type Part = 'template' | 'order' | 'window' | 'loop' | 'recipient' | 'budget';
const unknowns: readonly (readonly [Part, string, unknown, FailReason])[] = [
  ['template', 'listed', undefined, 'template-not-listed'],
  ['template', 'enabled', undefined, 'template-disabled'],
  ['template', 'approved', undefined, 'template-not-approved'],
  ['order', 'needed', undefined, 'order-unknown'],
  ['order', 'match', undefined, 'order-unproven'],
  ['window', 'channel', undefined, 'window-unknown'],
  ['window', 'lastInboundAt', undefined, 'window-unknown'],
  ['window', 'lastInboundAt', never, 'window-unknown'],
  ['loop', 'echoesOurText', undefined, 'loop-unknown'],
  ['loop', 'automaticInARow', undefined, 'loop-unknown'],
  ['loop', 'automaticInARow', Number.NaN, 'loop-unknown'],
  ['loop', 'lastAutomaticAt', undefined, 'loop-unknown'],
  ['loop', 'lastAutomaticAt', never, 'loop-unknown'],
  ['recipient', 'allowed', undefined, 'recipient-unknown'],
  ['budget', 'sends', undefined, 'budget-unknown'],
  ['budget', 'sends', Number.NaN, 'budget-unknown'],
  ['budget', 'tokens', undefined, 'budget-unknown'],
  ['budget', 'tokens', Number.NaN, 'budget-unknown'],
];

test.each(unknowns)('%s.%s that is %s does not leave', (part, field, value, reason) => {
  expect(decide(passing).verdict).toBe('send');
  const decision = decide({ ...passing, [part]: { ...passing[part], [field]: value } });
  expect(decision.verdict).not.toBe('send');
  expect(decision.reason).toBe(reason);
});

test('one fact that nothing supports is enough to hold', () => {
  const unsupported = unsupportedFacts('Your order will come', null).length;
  const [one] = unsupportedFacts('It comes tomorrow', null);
  expect([unsupported, one?.kind]).toEqual([0, 'date']);
  expect(decide({ ...passing, unsupported: [one!] })).toMatchObject({
    verdict: 'hold',
    reason: 'facts-unsupported',
  });
});

test('safe mode widens nothing: on the ladder step routing it is refused, and no draft is left to approve', () => {
  const state = { killedBy: [], automationEnabled: true, safeMode: true, ladder: 'routing' } as const;
  expect(decide({ ...passing, state })).toMatchObject({ verdict: 'refuse', reason: 'ladder-routing' });
});
