/** The sample deliveries beside this file: invented people and shops in the shapes that the vendors publish. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const vendors = ['shopify', 'whatsapp', 'richpanel'] as const;
export type Vendor = (typeof vendors)[number];

/** The names of a vendor's samples, sorted. Shopify's are its topics: `orders/create`. */
export function samples(vendor: Vendor): string[] {
  return files(vendor).map((file) => (vendor === 'shopify' ? file.replace('.', '/') : file));
}

const read = new Map<string, string>();

/**
 * @param name one of `samples(vendor)`
 * @returns the body as compact JSON text. It is never parsed on its way: that would round numbers above 2^53
 * @throws RangeError there is no such sample
 */
export function readSample(vendor: Vendor, name: string): string {
  const file = name.replace('/', '.');
  if (!files(vendor).includes(file)) throw new RangeError(`${vendor} has no sample "${name}"`);
  const path = join(import.meta.dirname, vendor, `${file}.json`);
  const text = read.get(path) ?? compact(readFileSync(path, 'utf8'));
  read.set(path, text);
  return text;
}

const listed = new Map<Vendor, string[]>();

function files(vendor: Vendor): string[] {
  const names =
    listed.get(vendor) ??
    readdirSync(join(import.meta.dirname, vendor))
      .map((file) => file.replace(/\.json$/, ''))
      .toSorted();
  listed.set(vendor, names);
  return names;
}

/** Without the white space between its tokens. */
function compact(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}
