/** Where a conversation goes: the first rule whose conditions all hold. */
import type { Conversation } from '../support/conversation.entity.js';
import { foldBare } from './folded-text.js';
import type { Intent } from './intent.js';
import type { RoutingCondition, RoutingRule } from './routing-rule.js';

export interface ConversationFacts {
  readonly channel: Conversation['channel'];
  readonly intent: Intent;
  /** The newest message. */
  readonly text: string;
  readonly tags: readonly string[];
  readonly receivedAt: Date;
  /** Whether the contact had written before. */
  readonly contactKnown: boolean;
}

export interface Route {
  readonly ruleId: string;
  readonly assigneeId?: string;
  readonly tags: readonly string[];
  readonly status?: NonNullable<RoutingRule['status']>;
}

/** So much is compared, of what was written last: folding takes time, and a question is short. Characters. */
const mostCompared = 4_096;

/** @returns null when no rule holds */
export function route(rules: readonly RoutingRule[], given: ConversationFacts): Route | null {
  // Folded once, however many rules ask.
  const facts = { ...given, text: comparable(given.text.slice(-mostCompared)) };
  const first = rules.find(({ conditions }) => conditions.every((condition) => holds(condition, facts)));
  if (first === undefined) return null;
  const { id, assigneeId, tags, status } = first;
  return { ruleId: id, ...(assigneeId && { assigneeId }), tags, ...(status && { status }) };
}

/** @param facts their text is comparable already */
function holds(condition: RoutingCondition, facts: ConversationFacts): boolean {
  switch (condition.type) {
    case 'channel':
      return condition.is === facts.channel;
    case 'intent':
      return condition.is === facts.intent;
    case 'text':
      return condition.containsAny.some((words) => facts.text.includes(comparable(words)));
    case 'tag':
      return facts.tags.some((tag) => comparable(tag) === comparable(condition.has));
    case 'hours':
      return isWithin(condition, clock(facts.receivedAt, condition.timeZone));
    case 'contact':
      return condition.known === facts.contactKnown;
  }
}

function comparable(text: string): string {
  return foldBare(text).text.replaceAll(/\s+/g, ' ').trim();
}

/** `HH:MM` compares as text. */
function isWithin({ from, to }: { readonly from: string; readonly to: string }, now: string): boolean {
  return from < to ? from <= now && now < to : from <= now || now < to;
}

function clock(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}
