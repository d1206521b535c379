/** The rules by which an organization routes its conversations, as they are stored. */
import { z } from 'zod';
import { channels, conversationStatuses, tagForm } from '../support/conversation.entity.js';
import { intents } from './intent.js';

const words = z.string().trim().min(1).max(100);
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM');
const timeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone');

const condition = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('channel'), is: z.enum(channels) }),
  z.strictObject({ type: z.literal('intent'), is: z.enum(intents) }),
  /** Whatever their case and diacritics. */
  z.strictObject({ type: z.literal('text'), containsAny: z.array(words).min(1).max(50) }),
  z.strictObject({ type: z.literal('tag'), has: words }),
  /** From `from` until before `to`, over midnight where `to` is earlier. */
  z
    .strictObject({ type: z.literal('hours'), from: time, to: time, timeZone })
    .refine(({ from, to }) => from !== to, 'from and to must differ'),
  z.strictObject({ type: z.literal('contact'), known: z.boolean() }),
]);

const rule = z.strictObject({
  id: z.uuid(),
  /** All must hold; a rule without any always holds. */
  conditions: z.array(condition).max(10),
  assigneeId: z.uuid().optional(),
  tags: z
    .array(z.string().regex(tagForm, 'must be a tag: letters, digits, spaces, _.:-, at most 40'))
    .max(20)
    .default([]),
  status: z.enum(conversationStatuses).optional(),
});

const rules = z
  .array(rule)
  .max(200)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'ids must be unique');

export type RoutingCondition = Readonly<z.output<typeof condition>>;
export type RoutingRule = Readonly<z.output<typeof rule>>;
export type RoutingActions = Pick<RoutingRule, 'assigneeId' | 'tags' | 'status'>;

export interface RuleProblem {
  /** `0.conditions.1.timeZone`: where in what was given. */
  readonly path: string;
  readonly problem: string;
}

/** Stored rules, or every problem they have. Rules with a problem are not applied in part. */
export function readRoutingRules(
  stored: unknown,
): { readonly rules: readonly RoutingRule[] } | { readonly problems: readonly RuleProblem[] } {
  const read = rules.safeParse(stored);
  if (read.success) return { rules: read.data };
  return {
    problems: read.error.issues.map(({ path, message }) => ({ path: path.join('.'), problem: message })),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
