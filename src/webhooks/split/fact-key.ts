import { createHash } from 'node:crypto';

const maxLength = 255;
/** Visible ASCII without the colon, which separates the parts: two lists of parts never make one key. */
const plain = /^[!-9;-~]+$/;

/** `part:part:…`, or `sha256:<hex>` of the parts where they do not fit: visible ASCII, at most 255 characters. */
export function factKey(...parts: readonly string[]): string {
  const key = parts.join(':');
  if (key.length <= maxLength && parts.every((part) => plain.test(part))) return key;
  return `sha256:${sha256(JSON.stringify(parts))}`;
}

/** The key of something the vendor gave no id: `<kind>:sha256:<hex>` of its slice. */
export function sliceKey(kind: string, slice: object): string {
  return factKey(kind, 'sha256', sha256(JSON.stringify(slice)));
}

/** @returns 64 hexadecimal digits in lower case */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
