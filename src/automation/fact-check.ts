/**
 * Guarantees: what a final text says about an order is among the facts of the match, or it is listed. The text may have
 * been phrased by a model, so nothing in it is trusted; false alarms are preferred, and a person settles them. Words
 * are known in six languages, and a word in another script is listed because it cannot be read.
 */
import { amountClaims } from './claims/amount-claims.js';
import { claimsOf, type Claim, type ClaimKind } from './claims/claim.js';
import { dateClaims } from './claims/date-claims.js';
import { linkClaims, linkKey } from './claims/link-claims.js';
import { numberClaims } from './claims/number-claims.js';
import { statusClaims } from './claims/status-claims.js';
import { claimKey, readText, supportedKeys } from './claims/supported.js';
import type { OrderFact } from './facts.js';
import { foldBare, type FoldedText, type Span } from './folded-text.js';

export type UnsupportedFact = Claim;

/** What a text may say besides the facts. */
export interface AllowedExtras {
  /** The template's own words (`literalTexts`): allowed where they stand word for word, its links and addresses anywhere. */
  readonly texts?: readonly string[];
  /** The organization's links: the very link, and its bare host. */
  readonly links?: readonly string[];
  /** The contact's and the organization's names, which may be in any script, and allow nothing else. */
  readonly names?: readonly string[];
}

/** Allowed by their value: the same link is the same link in another sentence; "delivered" is not the same claim. */
const allowedAnywhere: ReadonlySet<ClaimKind> = new Set(['url', 'domain', 'email', 'phone']);
/** May be several supported things in a row: an order number beside a date looks like a telephone number. */
const mayRunTogether: ReadonlySet<ClaimKind> = new Set(['phone', 'tracking-number']);
const foreignWord = /(?<![\p{L}\p{M}])[\p{L}\p{M}]{0,64}(?!\p{Script=Latin})\p{L}[\p{L}\p{M}]{0,64}/gu;

/**
 * @param facts of the `DeterministicMatch`; null without one, and then every order fact is unsupported
 * @returns in the order in which they stand; one span may be listed as more than one kind
 */
export function unsupportedFacts(
  finalText: string,
  facts: readonly OrderFact[] | null,
  extras: AllowedExtras = {},
): readonly UnsupportedFact[] {
  const claims = claimsIn(finalText);
  const allowed = new Set([...supportedKeys(facts ?? []), ...extraKeys(extras)]);
  const bare = foldBare(finalText);
  const literal = (extras.texts ?? []).flatMap((text) => occurrences(bare, text));
  const names = (extras.names ?? []).flatMap((name) => occurrences(bare, name));
  const supported = [
    ...claims.filter((claim) => allowed.has(claimKey(claim))).map(({ span }) => span),
    ...literal,
  ];
  const isSupported = ({ kind, span }: Claim): boolean => {
    if (supported.some((by) => by.start <= span.start && span.end <= by.end)) return true;
    if (mayRunTogether.has(kind)) return isCovered(span, supported);
    return kind === 'unreadable' && isCovered(span, names);
  };
  return claims
    .filter((claim) => !isSupported(claim))
    .toSorted((one, other) => one.span.start - other.span.start || one.span.end - other.span.end);
}

function claimsIn(text: string): readonly Claim[] {
  const read = readText(text);
  return [
    ...linkClaims(read),
    ...numberClaims(read),
    ...dateClaims(read),
    ...amountClaims(read),
    ...statusClaims(read),
    ...claimsOf('unreadable', read.plain, foreignWord, ([word]) => word),
  ];
}

function extraKeys({ texts = [], links = [] }: AllowedExtras): readonly string[] {
  const inTexts = texts.flatMap(claimsIn).filter(({ kind }) => allowedAnywhere.has(kind));
  const inLinks = links
    .filter((link) => URL.canParse(link))
    .flatMap((link) => [
      { kind: 'url', value: linkKey(link) } as const,
      { kind: 'domain', value: linkKey(link) } as const,
      { kind: 'domain', value: linkKey(new URL(link).host) } as const,
    ]);
  return [...inTexts, ...inLinks].map(claimKey);
}

/** Where the text stands as whole words, whatever its case, diacritics and invisible characters. */
function occurrences(bare: FoldedText, text: string): readonly Span[] {
  const wanted = foldBare(text).text.trim();
  const spans: Span[] = [];
  if (wanted === '') return spans;
  for (let at = bare.text.indexOf(wanted); at >= 0; at = bare.text.indexOf(wanted, at + wanted.length)) {
    const end = at + wanted.length;
    if (isBorder(bare.text, at) && isBorder(bare.text, end)) spans.push(bare.spanOf(at, end));
  }
  return spans;
}

/** Not inside a word or a number. */
function isBorder(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
}

/** Every letter, digit and sign of the span stands in one of the others. */
function isCovered({ start, text }: Span, by: readonly Span[]): boolean {
  return [...text.matchAll(/[\p{L}\p{N}\p{S}#@%]/gu)].every(({ index }) =>
    by.some((span) => span.start <= start + index && start + index < span.end),
  );
}
