/**
 * Text as it is compared: what looks alike is alike, what cannot be seen is gone. Every place in it still knows where it
 * stood in what was written, so that evidence is the exact span a person finds there.
 */

/** A piece of the original text; `start` and `end` count UTF-16 units, as `slice` does. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface FoldedText {
  readonly text: string;
  /** @returns the original of `text.slice(start, end)` */
  readonly spanOf: (start: number, end: number) => Span;
}

/** A character with the marks on it: the unit in which NFKC composes. */
const cluster = /\P{M}\p{M}*|\p{M}+/gu;
/** Zero-width, soft hyphen, bidirectional and tag characters, variation selectors, enclosing keycaps, fillers. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}]|(?!\s)\p{Cc}/gu;
const blank = /[^\S\n]|\u2800/gu;
const dash = /[\p{Pd}\u2212]/gu;
/** What a browser takes for a dot in a host (UTS 46), beyond what NFKC folds. */
const dot = /[\u3002\uff61]/g;
const marksOnDigits = /(?<=\d)\p{M}+/gu;
const digit = /\p{Nd}/gu;
const ascii = /^[!-~ \n]$/;

/** NFKC, invisible characters removed, digits of every script 0 to 9, one dash, one blank. Case and marks stay. */
export function foldPlain(source: string): FoldedText {
  return fold(source, plain);
}

/** As `foldPlain`, and in lower case without diacritics, with one kind of quotation marks. */
export function foldBare(source: string): FoldedText {
  return fold(source, bare);
}

function fold(source: string, change: (part: string) => string): FoldedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: part, index } of source.matchAll(cluster)) {
    const folded = change(part);
    parts.push(folded);
    for (let at = 0; at < folded.length; at++) {
      starts.push(index);
      ends.push(index + part.length);
    }
  }
  const spanOf = (from: number, to: number): Span => {
    const start = starts[from] ?? source.length;
    const end = to > from ? (ends[to - 1] ?? source.length) : start;
    return { start, end, text: source.slice(start, end) };
  };
  return { text: parts.join(''), spanOf };
}

function plain(part: string): string {
  if (ascii.test(part)) return part;
  return part
    .normalize('NFKC')
    .replaceAll(invisible, '')
    .replaceAll(digit, asciiDigit)
    .replaceAll(marksOnDigits, '')
    .replaceAll(blank, ' ')
    .replaceAll(dash, '-')
    .replaceAll(dot, '.');
}

const letters: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['ı', 'i'],
]);

function bare(part: string): string {
  const folded = plain(part).toLowerCase();
  if (ascii.test(folded)) return folded === '`' ? "'" : folded;
  return folded
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøłı]/g, (letter) => letters.get(letter) ?? letter)
    .replaceAll(/[‘’‚‛´`]/g, "'")
    .replaceAll(/[“”„‟«»]/g, '"');
}

/** Unicode has the ten digits of a script in a row, and rows may touch. */
function asciiDigit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}
