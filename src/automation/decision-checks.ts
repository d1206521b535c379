/** The checks of the send gate, in the order of the design. Each looks at one thing and knows nothing of the others. */
import { DeterministicMatch } from './deterministic-match.js';
import type { GateInput } from './decision-input.js';

export const checkNames = [
  'kill-switch',
  'state',
  'template',
  'order-match',
  'fact-check',
  'messaging-window',
  'loop-breaker',
  'recipient',
  'budget',
] as const;
export type CheckName = (typeof checkNames)[number];

export type FailReason =
  | 'kill-switch-on'
  | 'state-unknown'
  | 'automation-off'
  | 'ladder-routing'
  | 'ladder-drafts'
  | 'safe-mode'
  | 'template-unknown'
  | 'template-not-listed'
  | 'template-disabled'
  | 'template-not-approved'
  | 'order-unknown'
  | 'order-unproven'
  | 'facts-unchecked'
  | 'facts-unsupported'
  | 'window-unknown'
  | 'window-closed'
  | 'loop-unknown'
  | 'loop-echo'
  | 'loop-person-replied'
  | 'loop-too-many'
  | 'loop-too-soon'
  | 'recipient-unknown'
  | 'recipient-refused'
  | 'budget-unknown'
  | 'sends-spent'
  | 'tokens-spent';

/** `hold`: a person may approve. `refuse`: nobody may send this now. */
export interface Failure {
  readonly reason: FailReason;
  readonly leadsTo: 'hold' | 'refuse';
  /** For a person to read; holds no fact of an order and no words of anybody. */
  readonly detail: string;
}

/** @returns undefined when it passed */
export type Check = (input: GateInput) => Failure | undefined;

/** WhatsApp Business Platform, Customer service windows. */
const windowMs = 24 * 60 * 60 * 1_000;
const maxInARow = 3;
const minPauseMs = 30_000;

export const checks: Readonly<Record<CheckName, Check>> = {
  'kill-switch': ({ state }) => {
    if (state === undefined) return refuse('kill-switch-on', 'unreadable');
    return state.killedBy.length > 0 ? refuse('kill-switch-on', state.killedBy.join(', ')) : undefined;
  },
  state: ({ state }) => {
    if (state === undefined) return refuse('state-unknown', 'unreadable');
    if (!state.automationEnabled) return refuse('automation-off', 'automation is off');
    if (state.safeMode && state.ladder !== 'routing') return hold('safe-mode', 'safe mode is on');
    if (state.ladder === 'whitelist') return undefined;
    if (state.ladder === 'drafts') return hold('ladder-drafts', 'ladder step drafts');
    return refuse('ladder-routing', 'ladder step routing');
  },
  template: ({ template }) => {
    if (template === undefined) return hold('template-unknown', 'no template');
    if (template.listed !== true) return hold('template-not-listed', 'not on the whitelist');
    if (template.enabled !== true) return hold('template-disabled', 'not enabled');
    return template.approved === true
      ? undefined
      : hold('template-not-approved', 'this version is not approved');
  },
  // Not held: a draft with somebody else's order must not lie before a person as if it were checked.
  'order-match': ({ order }) => {
    if (typeof order?.needed !== 'boolean')
      return refuse('order-unknown', 'not known whether it tells of an order');
    if (order.match === null ? !order.needed : DeterministicMatch.isProven(order.match)) return undefined;
    return refuse('order-unproven', 'tells of an order that is not proven to be the writer’s');
  },
  'fact-check': ({ unsupported }) => {
    if (unsupported === undefined) return hold('facts-unchecked', 'the text was not checked');
    const kinds = [...new Set(unsupported.map(({ kind }) => kind))].join(', ');
    return unsupported.length > 0 ? hold('facts-unsupported', kinds) : undefined;
  },
  'messaging-window': windowFailure,
  'loop-breaker': loopFailure,
  recipient: ({ recipient }) => {
    if (typeof recipient?.allowed !== 'boolean')
      return refuse('recipient-unknown', 'the policy gave no answer');
    return recipient.allowed
      ? undefined
      : refuse('recipient-refused', recipient.detail ?? 'not a recipient here');
  },
  budget: ({ budget }) => {
    if (!isCount(budget?.sends) || !isCount(budget.tokens)) return hold('budget-unknown', 'unreadable');
    if (budget.sends < 1) return hold('sends-spent', 'no sends left');
    return budget.tokens < 1 ? hold('tokens-spent', 'no tokens left') : undefined;
  },
};

/** Only WhatsApp has a window. A person may not write after it either: the vendor would refuse. */
function windowFailure({ window, now }: GateInput): Failure | undefined {
  if (window?.channel === 'email') return undefined;
  if (window?.channel !== 'whatsapp' || window.lastInboundAt === undefined) {
    return refuse('window-unknown', 'channel or last message unknown');
  }
  if (window.lastInboundAt === null) return refuse('window-closed', 'the contact never wrote');
  const age = since(window.lastInboundAt, now);
  if (Number.isNaN(age)) return refuse('window-unknown', 'no time');
  return age < windowMs ? undefined : refuse('window-closed', 'the contact wrote more than 24 hours ago');
}

function loopFailure({ loop, now }: GateInput): Failure | undefined {
  if (typeof loop?.echoesOurText !== 'boolean' || typeof loop.personReplied !== 'boolean')
    return hold('loop-unknown', 'unreadable');
  if (loop.personReplied) return refuse('loop-person-replied', 'a person has written since');
  if (loop.echoesOurText) return hold('loop-echo', 'the message repeats ours');
  if (!isCount(loop.automaticInARow) || loop.lastAutomaticAt === undefined)
    return hold('loop-unknown', 'unreadable');
  if (loop.automaticInARow >= maxInARow)
    return hold('loop-too-many', `${maxInARow} automatic replies in a row`);
  if (loop.lastAutomaticAt === null) return undefined;
  const pause = since(loop.lastAutomaticAt, now);
  if (Number.isNaN(pause)) return hold('loop-unknown', 'no time');
  return pause >= minPauseMs ? undefined : hold('loop-too-soon', 'an automatic reply within 30 seconds');
}

function since(then: Date, now: Date): number {
  return now.getTime() - then.getTime();
}

function isCount(value: number | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function hold(reason: FailReason, detail: string): Failure {
  return { reason, leadsTo: 'hold', detail };
}

function refuse(reason: FailReason, detail: string): Failure {
  return { reason, leadsTo: 'refuse', detail };
}
