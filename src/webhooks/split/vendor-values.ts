/** Reads what a vendor sent, which may be anything, into what may be compared and stored. None of these throws. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one in the place of anything else. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The list, or an empty one in the place of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An id as text, whether it was sent as a string or as a whole number. */
export function idOf(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** No control, private or unpaired character, no line break; Postgres would refuse some, and an eye miss others. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]{1,255}$/u;

/** An id that may name an account: 1 to 255 printable characters. */
export function accountOf(value: unknown): string | undefined {
  const id = idOf(value);
  return id !== undefined && printable.test(id) ? id : undefined;
}

/** The vendor's own word for something, cut to 100 characters of visible ASCII. */
export function wordOf(value: unknown, otherwise: string): string {
  if (typeof value !== 'string' || value === '') return otherwise;
  return value.slice(0, 100).replaceAll(/[^!-~]/g, '?');
}
