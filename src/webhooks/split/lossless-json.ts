/**
 * JSON whose integers survive. Shopify's ids exceed 2^53 (`820982911946154508`, shopify.dev Webhooks → Order), where
 * a JavaScript number is already another order.
 */

/** Vendors nest about ten levels. Deeper than some thousand, walking the value again overflows the stack. */
const maxDepth = 100;
/** 2^53 has 16 digits. Where no number can be that long, nothing is looked at twice, which is several times faster. */
const longNumber = /\d{16}/;
const integer = /^-?\d+$/;

/**
 * An integer beyond `Number.MAX_SAFE_INTEGER` becomes the string of its digits; everything else is what JSON.parse
 * makes of it, a key `__proto__` an ordinary property.
 * @param bytes UTF-8
 * @returns undefined when it is not UTF-8, not JSON, or nested deeper than 100 levels
 */
export function parseLossless(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (isTooDeep(text)) return undefined;
    return longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param context ES2025, in Node since 21; TypeScript's library does not know it yet */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return integer.test(source) ? source : value;
}

/** Counts brackets outside of strings. Of a text that is not JSON the answer means nothing. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > maxDepth) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}
