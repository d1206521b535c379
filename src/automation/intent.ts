/**
 * What a shopper wants, by key phrases: the same text always gives the same answer, and the phrase that decided can be
 * shown. Conservative: where two intents meet, or the phrase is negated, a person reads it.
 */
import { foldBare, type FoldedText } from './folded-text.js';
import { intentPhrases } from './intent-phrases.js';

export const intents = ['order-status', 'return', 'cancellation', 'other'] as const;
export type Intent = (typeof intents)[number];

export interface ReadIntent {
  readonly intent: Intent;
  /** The words that decided, as they were written; null exactly when the intent is `other`. */
  readonly evidence: string | null;
}

const maxLength = 4_096;
const other: ReadIntent = { intent: 'other', evidence: null };

const patterns = Object.entries(intentPhrases).map(
  ([intent, phrases]) =>
    [
      intent as Exclude<Intent, 'other'>,
      new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${phrases.join('|')})(?![\p{L}\p{N}])`, 'gu'),
    ] as const,
);
/** Shortly before the phrase: "please do not cancel", "nicht stornieren". */
const negation =
  /(?<!\p{L})(?:not|never|don't|dont|without|nicht|kein(?:e[nmrs]?)?|nie|no|nunca|pas|ne|jamais|non|mai|niet|geen|nooit)\s(?:[\p{L}']{1,12}\s){0,3}$/u;
/** German, French and Dutch also put it behind: "annulez pas", "stornieren Sie nicht". */
const negatedBehind = /^\s(?:(?:sie|es|ihn|bitte|het|meine?|mijn|de|die)\s){0,2}(?:nicht|niet|pas)(?!\p{L})/u;

export function intentOf(text: string): ReadIntent {
  const folded = foldBare(text.slice(0, maxLength).replaceAll(/\s+/g, ' '));
  const found = patterns.flatMap(([intent, pattern]) =>
    [...folded.text.matchAll(pattern)].map(({ 0: { length }, index }) => ({ intent, index, length })),
  );
  const [first] = found;
  if (first === undefined || found.some(({ intent }) => intent !== first.intent)) return other;
  if (first.intent !== 'order-status' && found.some((at) => isNegated(folded, at))) return other;
  const { text: evidence } = folded.spanOf(first.index, first.index + first.length);
  return { intent: first.intent, evidence };
}

function isNegated({ text }: FoldedText, { index, length }: { index: number; length: number }): boolean {
  const [before, behind] = [text.slice(Math.max(0, index - 60), index), text.slice(index + length)];
  return negation.test(before) || negatedBehind.test(behind.slice(0, 40));
}
