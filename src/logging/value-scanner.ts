/**
 * Masks what looks like a secret or like a person in any text that is about to leave by a log line or a trace (ASVS
 * V16.2.5; security.md, 59). The second line of defence: the first is that only declared fields leave (`log-line.ts`).
 * Guarantees: linear in the length of the text, whatever it holds (no expression has two open-ended parts that can share
 * a character, or begins inside what it has just failed on); masked text is not masked again; ids, times and addresses of
 * machines stay as they are. It knows shapes only: a name or a street has none, so free text of others never gets here.
 */
export const mask = '[masked]';

/** By what stands in front of it, in any spelling. */
const announced = expression('giu', [
  String.raw`-----BEGIN [A-Z0-9 ]{1,64}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,64}-----|$)`,
  // User and password of a URL; a password may hold a slash that nobody encoded.
  String.raw`(?<scheme>(?<![\w+.-])[a-z][\w+.-]{1,30}:\/\/)(?:[^\s/?#"'<>]*@|[^\s:/@?#]{1,128}:[^\s@"'<>]{1,256}@)`,
  String.raw`(?<query>(?<=[\w/.~%=-])\?)[^\s"'<>]+`,
  String.raw`(?<named>(?:secret|pass(?:word|phrase|wd)|pwd|token|api[_-]?key|access[_-]?key|authorization|cookie|credential|signature)s?["'\\]{0,2}\s{0,4}[=:]>?\s{0,4})(?:"[^"]*"?|'[^']*'?|[^\r\n,;&"'}]+)`,
  String.raw`(?<![\w-])(?:bearer|basic)\s{1,4}[\w.~+/=-]{8,}`,
]);

const kept = [
  String.raw`(?<!\w)[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?!\w)`,
  String.raw`(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)`,
  String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\d.])`,
];

/** By its own shape. What is kept is tried first, so that nothing is found inside it. */
const shaped = expression('gu', [
  `(?<kept>${kept.join('|')})`,
  String.raw`(?<![\p{L}\p{M}\p{N}._%+'=-])[\p{L}\p{M}\p{N}._%+'=-]+(?:@|%40)[\p{L}\p{M}\p{N}.-]{0,253}\.\p{L}[\p{L}\p{M}]{1,63}`,
  // JWT and compact JWE (RFC 7515, RFC 7516): both begin with `{"`.
  String.raw`(?<![\w-])eyJ[\w-]{6,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2}`,
  // Shopify, Richpanel, ours, our refresh tokens; a WhatsApp message id holds the number of who wrote.
  String.raw`(?<!\w)(?:shp[a-z]{2}_|rp_|bk_(?:local|test|live)_|bkr_|wamid\.)[\w.=+/-]{4,}`,
  String.raw`(?<!\w)sk-[\w-]{8,}`,
  String.raw`(?<!\w)EAA[A-Za-z\d]{8,}`,
  String.raw`(?<!\w)A(?:KIA|SIA)[A-Z\d]{12,}`,
  // Phones: international, in North America, with a leading zero, and bare as WhatsApp writes them.
  String.raw`(?<!\w)\+\d(?:[\s().-]{0,2}\d){7,14}(?!\d)`,
  String.raw`(?<![\w.-])00[1-9](?:[\s().-]{0,2}\d){7,13}(?!\d)`,
  String.raw`(?<![\w.-])(?:1[ .-]?)?(?:\(\d{3}\)[ .-]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])`,
  String.raw`(?<![\w.:-])(?<national>0\d{1,4}[ ./-]\d{2,8}(?:[ .-]\d{2,5}){0,4})(?![\w-])`,
  String.raw`(?<!\w|\d[.,])(?<bare>\d{10,15})(?!\w|\.\d)`,
]);

/** Without one of these nothing below finds anything; most texts on lines have none, and are done with in a tenth of the time. */
const hints =
  /[@=?_]|%40|:\/\/|[\w\s"'\\]:|-----|bearer|basic|eyj|wamid|sk-|eaa|akia|asia|\d[\s()./-]{0,2}\d|[\w+-]{20}/i;

const cardLike = /(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
const unbroken = /[\w+-]{20,}/g;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function masked(text: string): string {
  if (text.length < 6 || (text.length === 36 && uuid.test(text)) || !hints.test(text)) return text;
  return text
    .replace(announced, (...found) => {
      const { scheme, query, named } = found.at(-1) as Groups;
      if (scheme !== undefined) return `${scheme}${mask}@`;
      return `${query ?? named ?? ''}${mask}`;
    })
    .replaceAll(cardLike, (found) => (passesLuhn(found.replaceAll(/\D/g, '')) ? mask : found))
    .replace(shaped, (found: string, ...more) => {
      const { kept: left, national, bare } = more.at(-1) as Groups;
      if (left !== undefined) return left;
      if (national !== undefined && !isNational(national)) return found;
      return bare !== undefined && isTime(bare) ? found : mask;
    })
    .replaceAll(unbroken, (found) => (looksRandom(found) ? mask : found));
}

type Groups = Readonly<Record<string, string | undefined>>;

function expression(flags: string, alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), flags);
}

function isNational(text: string): boolean {
  const { length } = text.replaceAll(/\D/g, '');
  return length >= 9 && length <= 12;
}

/** Seconds or milliseconds since 1970, from 2017 to 2033. No country's numbers have these lengths and begin so. */
function isTime(digits: string): boolean {
  return (digits.length === 10 || digits.length === 13) && /^1[5-9]/.test(digits);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.at(-1 - index));
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/**
 * Keys and tokens of 128 bits and more change between capitals, small letters and digits at about every second character;
 * names do only where a word begins, and hexadecimal digests have one case. A capital in front of a small letter begins one.
 */
function looksRandom(text: string): boolean {
  if (!/[A-Z]/.test(text) || !/[a-z]/.test(text)) return false;
  let changes = 0;
  let last = 0;
  for (let index = 0; index < text.length; index += 1) {
    const kind = kindOf(text.charCodeAt(index));
    if (kind !== last && last > 0 && !(last === 2 && kind === 3)) changes += 1;
    last = kind;
  }
  return changes >= text.length / 4;
}

function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return 1;
  if (code >= 65 && code <= 90) return 2;
  return code >= 97 && code <= 122 ? 3 : 4;
}
