/**
 * The order numbers a shopper wrote. A number counts only where something says that it is one: a `#`, a word for order
 * or number before it. Phone numbers, dates, prices and tracking numbers have none of these. Every quantifier below is
 * bounded, so the time is linear in the text, whatever it holds.
 */
import { foldBare, type FoldedText, type Span } from './folded-text.js';

export interface OrderNumber {
  /** `#1001`, `#SO-1001`: a `#`, then upper case without blanks. */
  readonly value: string;
  /** What was written, with the word or sign that makes it an order number. */
  readonly evidence: Span;
}

/** WhatsApp takes no longer text (Cloud API, Messages → Text). What comes after it is not read. */
const maxLength = 4_096;
const maxNumbers = 5;

/**
 * At most 5, in the order they were first written; one that was written twice is one. Beside an order number, any other
 * number of about its length is taken for one too ("my order #1001 and my friend's 1002"): it is then not certain which
 * one is meant.
 */
export function findOrderNumbers(text: string): readonly OrderNumber[] {
  const folded = foldBare(text.slice(0, maxLength));
  const found = orderNumbersIn(folded);
  const byValue = new Map<string, OrderNumber>();
  for (const number of [...found, ...likeThem(found, folded)]) {
    if (!byValue.has(number.value)) byValue.set(number.value, number);
  }
  const inOrder = [...byValue.values()].toSorted((one, other) => one.evidence.start - other.evidence.start);
  return inOrder.slice(0, maxNumbers);
}

function likeThem(found: readonly OrderNumber[], folded: FoldedText): readonly OrderNumber[] {
  const lengths = found.map(({ value }) => value.length);
  const mayBeYears = found.some(({ value }) => isYear.test(value));
  return [...folded.text.matchAll(alone)].flatMap(({ 0: written, index }) => {
    const value = orderNameKey(written);
    if (
      (!mayBeYears && isYear.test(value)) ||
      !lengths.some((length) => Math.abs(length - value.length) <= 1)
    )
      return [];
    return [{ value, evidence: folded.spanOf(index, index + written.length) }];
  });
}

/** A name in the form of `OrderNumber.value`, so that `1001`, `#1001` and `＃１００１` are one name. */
export function orderNameKey(name: string): string {
  return `#${foldBare(name).text.replaceAll(/[\s#]/g, '').toUpperCase()}`;
}

const core = String.raw`(?:[a-z]{1,5}[-_]?)?\d{1,10}(?:-[a-z0-9]{1,3})?`;
/** Without a `#`, one or two digits are more likely pieces than an order. */
const longCore = String.raw`(?=[a-z_-]{0,6}\d{3})(?!(?:19|20)\d\d-\d)${core}`;
const unit = String.raw`(?:\p{Sc}|%|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?|x|g|kg|ml|cm|mm|st|stk|pcs)(?!\p{L}))`;
/** The number goes on (a date, a price, a phone, a tracking number), or it counts something. */
const end = String.raw`(?![\p{L}\p{N}_]|[-./:,]\d|\s\d{3}|\s?${unit})`;
const start = String.raw`(?<![\p{L}\p{N}])`;

const order = [
  'orders?|order(?:nummer|number|nr|no)',
  'bestellung(?:en)?|bestell(?:nummer|nr)|auftrag(?:snummer|snr)?',
  'bestelling(?:en)?|bestel(?:nummer|nr)',
  'pedidos?|orden(?:es)?|compra|commandes?|ordin[ei]',
].join('|');
const numberWord = 'numbers?|numeros?|nummern?|num|nos?|nrs?|n°|n';
const link = `${numberWord}|id|code|ref|is|was|ist|war|lautet|es|est|e|mit|der|with|the|con|el|avec|le|la|il|met|het`;
const gap = String.raw`[\s:.="'(\[*_-]{0,4}`;

const afterOrder = new RegExp(
  String.raw`${start}(?:${order})(?:${gap}(?:${link})(?!\p{L})){0,3}${gap}#?\s?(${longCore})${end}`,
  'gu',
);
const forms: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{N}&#/=_-])#\s?(${core})${end}`, 'gu'),
  afterOrder,
  new RegExp(
    String.raw`${start}(?:${numberWord})(?!\p{L})\.?\s{0,2}[:#]?\s{0,2}(?:(?:is|ist|es|est|e)\s)?(${longCore})${end}`,
    'gu',
  ),
];
const next = new RegExp(
  String.raw`\s{0,2}(?:[,;&+/]|(?:and|und|y|e|et|en|or|oder|o|ou|of)\s)\s{0,2}(?:(?:no|nr)\.?\s?)?#?(${longCore})${end}`,
  'uy',
);
/** Also `1,002`. Not the rest of a date, a price, a phone number or an address. */
const alone = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,:/+_-]|\p{Sc}\s?|\d\s)(?:(?:[a-z]{1,5}[-_])?\d{3,10}|\d{1,3}[ .,']\d{3})${end}`,
  'gu',
);
/** Unless an order of the same text is numbered like one. */
const isYear = /^#?(?:19|20)\d\d$/;
/** The number of something else: `phone no. 5551234`. */
const otherNumber =
  /(?<!\p{L})(?:phone|tele(?:phone|fon|foon)|tel|mobile|cell|whatsapp|tracking|house|flat|room|customer|account|invoice|article|item|model|handy|sendung|kunden|suivi|zip|postal|fax|iban|vat)[\s:.'-]{0,2}$/u;

/** Every mention, repetitions too. A number that two forms find is told once, with the first form's words. */
export function orderNumbersIn(folded: FoldedText): readonly OrderNumber[] {
  const { text } = folded;
  const found = new Map<number, Found>();
  for (const form of forms) {
    for (const { 0: whole, 1: written, index } of text.matchAll(form)) {
      const before = text.slice(Math.max(0, index - 24), index);
      if (written === undefined || (form !== afterOrder && otherNumber.test(before))) continue;
      addWithNext(text, found, { from: index, to: index + whole.length, written });
    }
  }
  return [...found.values()]
    .toSorted((one, other) => one.from - other.from)
    .map(({ from, to, written }) => ({ value: orderNameKey(written), evidence: folded.spanOf(from, to) }));
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly written: string;
}

/** Also what follows it in a list: `orders 1001, 1002 and 1003`. */
function addWithNext(text: string, found: Map<number, Found>, first: Found): void {
  let added: Found | undefined = first;
  while (added !== undefined && !found.has(added.to)) {
    found.set(added.to, added);
    next.lastIndex = added.to;
    const written: string | undefined = next.exec(text)?.[1];
    const to = next.lastIndex;
    if (written === undefined || (isYear.test(written) && !isYear.test(first.written))) return;
    added = { from: to - written.length, to, written };
  }
}
