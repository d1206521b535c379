/** Something a text says that could be a fact of an order. Found too often rather than not at all. */
import type { FoldedText, Span } from '../folded-text.js';

export type ClaimKind =
  | 'order-number'
  | 'tracking-number'
  | 'tracking-company'
  | 'url'
  | 'domain'
  | 'email'
  | 'phone'
  | 'date'
  | 'amount'
  | 'status'
  /** Words in a script none of our word lists is in: what they say is not known. */
  | 'unreadable';

export interface Claim {
  readonly kind: ClaimKind;
  /** In the form in which facts are compared, see `supported.ts`. */
  readonly value: string;
  readonly span: Span;
}

/** The two foldings of one text: with and without case and diacritics. */
export interface ReadText {
  readonly plain: FoldedText;
  readonly bare: FoldedText;
}

/** One claim per match; `valueOf` answers undefined for what is none after all. */
export function claimsOf(
  kind: ClaimKind,
  folded: FoldedText,
  pattern: RegExp,
  valueOf: (match: RegExpExecArray) => string | undefined,
): readonly Claim[] {
  return [...folded.text.matchAll(pattern)].flatMap((match) => {
    const value = valueOf(match);
    const span = folded.spanOf(match.index, match.index + match[0].length);
    return value === undefined ? [] : [{ kind, value, span }];
  });
}

/** A pattern of alternatives between borders of words. */
export function wordsPattern(...alternatives: readonly string[]): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${alternatives.join('|')})(?![\p{L}\p{N}])`, 'gu');
}
