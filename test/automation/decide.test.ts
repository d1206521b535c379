import { expect, test } from 'vitest';
import { decide, type Decision } from '../../src/automation/decide.js';
import { checkNames, type CheckName, type FailReason } from '../../src/automation/decision-checks.js';
import type { GateInput } from '../../src/automation/decision-input.js';
import { DeterministicMatch } from '../../src/automation/deterministic-match.js';
import {
  effectiveState,
  type EffectiveState,
  type StateInput,
} from '../../src/automation/effective-state.js';
import { unsupportedFacts } from '../../src/automation/fact-check.js';
import { lamp, matchOf } from './orders.js';

const now = new Date('2026-03-02T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const day = 24 * 60 * 60;

const state: EffectiveState = { killedBy: [], automationEnabled: true, safeMode: false, ladder: 'whitelist' };
const window = { channel: 'whatsapp', lastInboundAt: ago(60) } as const;
const loop = { automaticInARow: 0, lastAutomaticAt: null, echoesOurText: false, personReplied: false };
const template = { listed: true, enabled: true, approved: true };
const passing: GateInput = {
  author: 'automation',
  now,
  state,
  template,
  order: { needed: true, match: matchOf(lamp) },
  unsupported: [],
  window,
  loop,
  recipient: { allowed: true },
  budget: { sends: 1, tokens: 1 },
};

const failed = ({ checks }: Decision) =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check);

test('an input that passes everything is sent, with every check recorded in order', () => {
  const { verdict, reason, checks } = decide(passing);
  expect([verdict, reason]).toEqual(['send', 'ok']);
  expect(checks.map(({ check }) => check)).toEqual(checkNames);
  expect(checks.every((record) => record.outcome === 'passed' && record.reason === 'ok')).toBe(true);
});

const forged = Object.assign({}, matchOf(lamp));
const revived = JSON.parse(JSON.stringify(matchOf(lamp))) as DeterministicMatch;

const flips: readonly (readonly [CheckName, FailReason, 'hold' | 'refuse', Partial<GateInput>])[] = [
  ['kill-switch', 'kill-switch-on', 'refuse', { state: { ...state, killedBy: ['organization'] } }],
  ['kill-switch', 'kill-switch-on', 'refuse', { state: { ...state, killedBy: ['platform', 'parameter'] } }],
  ['state', 'automation-off', 'refuse', { state: { ...state, automationEnabled: false } }],
  ['state', 'ladder-routing', 'refuse', { state: { ...state, ladder: 'routing' } }],
  ['state', 'ladder-drafts', 'hold', { state: { ...state, ladder: 'drafts' } }],
  ['state', 'safe-mode', 'hold', { state: { ...state, safeMode: true } }],
  ['template', 'template-unknown', 'hold', { template: undefined }],
  ['template', 'template-not-listed', 'hold', { template: { ...template, listed: false } }],
  ['template', 'template-disabled', 'hold', { template: { ...template, enabled: undefined } }],
  ['template', 'template-not-approved', 'hold', { template: { ...template, approved: false } }],
  ['order-match', 'order-unproven', 'refuse', { order: { needed: true, match: null } }],
  ['order-match', 'order-unproven', 'refuse', { order: { needed: true, match: forged } }],
  ['order-match', 'order-unproven', 'refuse', { order: { needed: false, match: revived } }],
  ['order-match', 'order-unknown', 'refuse', { order: { needed: undefined, match: null } }],
  ['order-match', 'order-unknown', 'refuse', { order: undefined }],
  ['fact-check', 'facts-unchecked', 'hold', { unsupported: undefined }],
  ['fact-check', 'facts-unsupported', 'hold', { unsupported: unsupportedFacts('#1002', null) }],
  ['messaging-window', 'window-closed', 'refuse', { window: { ...window, lastInboundAt: ago(day) } }],
  ['messaging-window', 'window-closed', 'refuse', { window: { ...window, lastInboundAt: null } }],
  ['messaging-window', 'window-unknown', 'refuse', { window: { ...window, lastInboundAt: undefined } }],
  ['messaging-window', 'window-unknown', 'refuse', { window: { ...window, lastInboundAt: new Date('x') } }],
  ['messaging-window', 'window-unknown', 'refuse', { window: { ...window, channel: undefined } }],
  ['messaging-window', 'window-unknown', 'refuse', { window: undefined }],
  ['loop-breaker', 'loop-unknown', 'hold', { loop: undefined }],
  ['loop-breaker', 'loop-echo', 'hold', { loop: { ...loop, echoesOurText: true } }],
  ['loop-breaker', 'loop-unknown', 'hold', { loop: { ...loop, echoesOurText: undefined } }],
  ['loop-breaker', 'loop-person-replied', 'refuse', { loop: { ...loop, personReplied: true } }],
  ['loop-breaker', 'loop-unknown', 'hold', { loop: { ...loop, personReplied: undefined } }],
  ['loop-breaker', 'loop-too-many', 'hold', { loop: { ...loop, automaticInARow: 3 } }],
  ['loop-breaker', 'loop-unknown', 'hold', { loop: { ...loop, automaticInARow: Number.NaN } }],
  ['loop-breaker', 'loop-too-soon', 'hold', { loop: { ...loop, lastAutomaticAt: ago(29) } }],
  ['loop-breaker', 'loop-unknown', 'hold', { loop: { ...loop, lastAutomaticAt: undefined } }],
  ['recipient', 'recipient-refused', 'refuse', { recipient: { allowed: false } }],
  ['recipient', 'recipient-unknown', 'refuse', { recipient: { allowed: undefined } }],
  ['recipient', 'recipient-unknown', 'refuse', { recipient: undefined }],
  ['budget', 'budget-unknown', 'hold', { budget: undefined }],
  ['budget', 'sends-spent', 'hold', { budget: { sends: 0, tokens: 1 } }],
  ['budget', 'tokens-spent', 'hold', { budget: { sends: 1, tokens: 0 } }],
  ['budget', 'budget-unknown', 'hold', { budget: { sends: undefined, tokens: 1 } }],
];

test.each(flips)('%s alone decides: %s, %s', (check, reason, verdict, flip) => {
  const decision = decide({ ...passing, ...flip });
  expect([decision.verdict, decision.reason, failed(decision)]).toEqual([verdict, reason, [check]]);
});

test('every check and every verdict is shown to decide', () => {
  expect(new Set(flips.map(([check]) => check))).toEqual(new Set(checkNames));
});

test('just inside the limits passes', () => {
  const inside = {
    window: { ...window, lastInboundAt: ago(day - 1) },
    loop: { ...loop, automaticInARow: 2, lastAutomaticAt: ago(30) },
    order: { needed: false, match: null },
  };
  expect(decide({ ...passing, ...inside }).verdict).toBe('send');
  for (const channel of ['email'] as const) {
    expect(decide({ ...passing, window: { channel, lastInboundAt: undefined } }).verdict).toBe('send');
  }
});

const personsChecks = new Set<CheckName>(['kill-switch', 'messaging-window', 'recipient']);

test.each(flips)('a person’s own message: %s, %s', (check, reason, verdict, flip) => {
  const decision = decide({ ...passing, ...flip, author: 'person' });
  const expected = personsChecks.has(check) ? [verdict, reason, [check]] : ['send', 'ok', []];
  expect([decision.verdict, decision.reason, failed(decision)]).toEqual(expected);
  const skipped = decision.checks.filter(({ outcome }) => outcome === 'skipped');
  expect(skipped).toHaveLength(checkNames.length - personsChecks.size);
});

test('an unreadable state is a kill switch, for a person too', () => {
  for (const author of ['automation', 'person'] as const) {
    expect(decide({ ...passing, author, state: undefined })).toMatchObject({
      verdict: 'refuse',
      reason: 'kill-switch-on',
    });
  }
});

test('of several failures a refusal wins, and nothing known is nothing sent', () => {
  const both = decide({ ...passing, unsupported: undefined, recipient: { allowed: false } });
  expect([both.verdict, both.reason]).toEqual(['refuse', 'recipient-refused']);
  expect(failed(both)).toEqual(['fact-check', 'recipient']);
  const nothing = decide({} as GateInput);
  expect([nothing.verdict, failed(nothing)]).toEqual(['refuse', checkNames]);
  const stranger = decide({ ...passing, author: 'somebody' as 'person', budget: undefined });
  expect(stranger.verdict).toBe('hold');
});

test('what is recorded holds nothing of the order', () => {
  const unsupported = unsupportedFacts('#1002 for sam@example.org', null);
  const text = JSON.stringify(decide({ ...passing, unsupported }));
  expect(text).not.toMatch(/1002|1001|sam|olivia/i);
  expect(decide({ ...passing, unsupported })).toEqual(decide({ ...passing, unsupported }));
});

const open: StateInput = {
  organization: { automationEnabled: true, safeMode: false, ladder: 'whitelist' },
  platform: { automationEnabled: true, safeMode: false },
  settings: { automationEnabled: true, safeMode: false },
  killSwitches: { organization: false, platform: false, parameter: false },
};

test('the effective state is the safest of all levels', () => {
  expect(effectiveState(open)).toEqual(state);
  for (const level of ['organization', 'platform', 'settings'] as const) {
    for (const unsaid of [false, null, undefined, 'true' as unknown as boolean]) {
      const narrowed = { ...open, [level]: { ...open[level], automationEnabled: unsaid } };
      expect(effectiveState(narrowed)).toEqual({ ...state, automationEnabled: false });
    }
    for (const unsaid of [true, null, undefined]) {
      const narrowed = { ...open, [level]: { ...open[level], safeMode: unsaid } };
      expect(effectiveState(narrowed)).toEqual({ ...state, safeMode: true });
    }
    expect(effectiveState({ ...open, [level]: undefined })).toMatchObject({
      automationEnabled: false,
      safeMode: true,
    });
  }
  for (const name of ['organization', 'platform', 'parameter'] as const) {
    for (const on of [true, null, undefined]) {
      const killed = { ...open, killSwitches: { ...open.killSwitches, [name]: on } };
      expect(effectiveState(killed)).toEqual({ ...state, killedBy: [name] });
    }
  }
  for (const ladder of [null, undefined, 'everything' as 'drafts']) {
    expect(effectiveState({ ...open, organization: { ...open.organization, ladder } }).ladder).toBe(
      'routing',
    );
  }
});
