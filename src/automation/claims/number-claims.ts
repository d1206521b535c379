/** Order numbers, tracking numbers, phone numbers and carriers. A number that nothing explains is taken for one of them. */
import { orderNumbersIn } from '../order-number.js';
import { claimsOf, wordsPattern, type Claim, type ReadText } from './claim.js';

/** `1001`, `SO-1001`, `JD014600003`: with three digits or more it may name an order, with eight characters a parcel. */
const code = /[\p{L}\p{N}]+(?:[-_/.][\p{L}\p{N}]+){0,12}/gu;
const hashed = /#\s?[\p{L}\p{N}_-]{0,40}\d[\p{L}\p{N}_-]{0,40}/gu;
/** Digits in groups, as phone numbers and long tracking numbers are written. */
const grouped = /\+?\(?\d{1,15}(?:[ ()./-]{1,3}\d{1,15}){1,12}/gu;
const international = /(?:\+|(?<!\d)00)\d{6,15}/gu;
/** `1Z 999 AA1 01 2345 6784`. */
const spelled = /(?<![\p{L}\p{N}])[A-Z0-9]{1,6}(?: [A-Z0-9]{1,6}){2,10}(?![\p{L}\p{N}])/gu;

export function numberClaims({ plain, bare }: ReadText): readonly Claim[] {
  const named = orderNumbersIn(bare).map(
    ({ value, evidence }) => ({ kind: 'order-number', value, span: evidence }) as const,
  );
  return [
    ...named,
    ...claimsOf('order-number', plain, hashed, ([written]) => `#${codeKey(written)}`),
    ...codeClaims(plain, 'order-number', (key) => key.length < 8),
    ...codeClaims(plain, 'tracking-number', (key) => key.length >= 8),
    ...claimsOf('phone', plain, grouped, ([written]) => longKey(written)),
    ...claimsOf('phone', plain, international, ([written]) => codeKey(written)),
    ...claimsOf('tracking-number', plain, spelled, ([written]) => longKey(written)),
    ...claimsOf('tracking-company', bare, carriers, ([written]) => written.replaceAll(/[\s-]/g, '')),
  ];
}

/** Letters and digits alone, in upper case: `1Z 999-AA1` is `1Z999AA1`. */
export function codeKey(written: string): string {
  return written.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function codeClaims(
  plain: ReadText['plain'],
  kind: 'order-number' | 'tracking-number',
  isOf: (key: string) => boolean,
): readonly Claim[] {
  return claimsOf(kind, plain, code, ([written]) => {
    const key = codeKey(written);
    const wanted = key.length >= 8 ? 1 : 3;
    return digitsIn(key) >= wanted && isOf(key) ? key : undefined;
  });
}

function longKey(written: string): string | undefined {
  const key = codeKey(written);
  return digitsIn(key) >= 7 ? key : undefined;
}

function digitsIn(text: string): number {
  return text.replaceAll(/\D/g, '').length;
}

/** The ones that are written most; a name that is missing here is not seen. */
const carriers = wordsPattern(
  'dhl|ups|fed ?ex|usps|dpd|gls|hermes|evri|royal mail|parcelforce|yodel|tnt|aramex|ontrac|lasership',
  'canada post|purolator|australia post|sendle|deutsche post|osterreichische post|swiss post|die post',
  'la poste|colissimo|chronopost|mondial relay|relais colis|colis prive|correos|seur|mrw|nacex|ctt',
  'poste italiane|bartolini|brt|sda|inpost|post ?nl|bpost|post ?nord|amazon|cainiao|yun ?express|4px',
);
