/** Requests as bytes, made before anything is measured; what makes each sending unique is written into them in place. */
import type { LoadRequest } from './load.js';

export interface PreparedRequest {
  readonly bytes: Buffer;
  readonly expects: string;
  /** Where the number of the sending goes. */
  readonly unique?: { readonly start: number; readonly length: number };
}

/** @throws Error when what is to be unique is not there exactly once */
export function prepareRequest({ head, body, unique, expects }: LoadRequest): PreparedRequest {
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), ...(body ? [body] : [])]);
  if (unique === undefined) return { bytes, expects };
  const start = head.indexOf(unique);
  if (start < 0 || head.includes(unique, start + 1)) throw new Error(`"${unique}" must be in the head once`);
  return { bytes, expects, unique: { start, length: unique.length } };
}

/** What one connection sends: bytes that change belong to it alone until its answer has come. */
export function ownCopies(requests: readonly PreparedRequest[]): PreparedRequest[] {
  return requests.map((each) => (each.unique ? { ...each, bytes: Buffer.from(each.bytes) } : each));
}

/** @param sending its number, in this and in every run before */
export function numbered({ bytes, unique }: PreparedRequest, sending: number): Buffer {
  if (unique) bytes.write(String(sending).padStart(unique.length, '0'), unique.start, 'latin1');
  return bytes;
}
