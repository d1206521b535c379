/** Amounts of money and shares of one: with a currency, or with two decimals, which only money has. */
import { claimsOf, type Claim, type ReadText } from './claim.js';

const number = String.raw`\d{1,12}(?:[.,' ]\d{3}){0,4}(?:[.,]\d{1,4})?`;
/** In upper case alone: `10 ALL` is money, "10 all" is not. The few others are written as they like. */
const codes = [
  ...Intl.supportedValuesOf('currency'),
  'eur',
  'usd',
  'gbp',
  'chf',
  'Eur',
  'kr',
  'zł',
  'Kč',
].join('|');
const sign = String.raw`(?:[A-Z]{0,3}\p{Sc}|(?<!\p{L})(?:${codes})(?!\p{L}))`;
const signFirst = new RegExp(String.raw`(${sign})\s?(${number})`, 'gu');
const signLast = new RegExp(String.raw`(?<!\d)(${number})(?:,-)?[\s-]?(${sign})`, 'gu');
const named =
  /(?<!\d)(\d{1,12}(?:[.,' ]\d{3}){0,4}(?:[.,]\d{1,4})?)[\s-]?(euros?|dollars?|dollari|dolares|pounds?|libras?|sterline|franken|francs?|pfund|pond|cents?|bucks|quid)(?!\p{L})/gu;
const decimal = /(?<![\d.,])\d{1,9}(?:[.,' ]\d{3}){0,3}[.,]\d{2}(?![.,]?\d)/gu;
const percent = new RegExp(
  String.raw`${number}\s?(?:%|percent|prozent|por ciento|pour cent|per cento|procent)`,
  'giu',
);

/** What a word says of the currency; every dollar is `$`. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^euro/, 'EUR'],
  [/^(?:doll|dolar|buck)/, '$'],
  [/^(?:pound|libra|sterl|pfund|pond|quid)/, '£'],
  [/^fran/, 'CHF'],
];

export function amountClaims({ plain, bare }: ReadText): readonly Claim[] {
  return [
    ...claimsOf('amount', plain, signFirst, ([, of, amount]) => amountValue(amount, of)),
    ...claimsOf('amount', plain, signLast, ([, amount, of]) => amountValue(amount, of)),
    ...claimsOf('amount', bare, named, ([, amount, word = '']) =>
      amountValue(amount, words.find(([pattern]) => pattern.test(word))?.[1] ?? word),
    ),
    ...claimsOf('amount', plain, decimal, ([amount]) => amountValue(amount, '')),
    ...claimsOf('amount', plain, percent, ([written]) => `share ${written}`),
  ];
}

/** Every way to write an amount of a currency, in the form of a claim's value: `49.9 EUR`, `49.9 €`, `49.9`. */
export function amountKeys(amount: string, currency: string): readonly string[] {
  const [whole = '', cents = ''] = amount.split('.');
  const symbols = (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) =>
    new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay })
      .formatToParts(0)
      .find(({ type }) => type === 'currency'),
  );
  const names = [currency, '', ...symbols.map((symbol) => symbol?.value ?? currency)];
  return [...new Set(names)].map((name) => joined(whole, cents, name.toUpperCase()));
}

/** The last sign is the decimal one unless three digits follow it. */
function amountValue(written = '', currency = ''): string {
  const [, whole = '', cents = ''] = /^(.*?)(?:[.,](\d{1,2}|\d{4}))?$/.exec(written) ?? [];
  return joined(whole.replaceAll(/\D/g, ''), cents, currency.toUpperCase());
}

function joined(whole: string, cents: string, currency: string): string {
  const shortCents = cents.replace(/0{1,6}$/, '');
  const number_ = `${whole.replace(/^0+(?=\d)/, '')}${shortCents === '' ? '' : `.${shortCents}`}`;
  return `${number_} ${currency}`.trim();
}
