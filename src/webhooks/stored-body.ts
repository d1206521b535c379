/**
 * A delivery's bytes as they are kept: every one of them, but compressed where that pays. JSON of some kilobytes shrinks
 * to a third in some 20 µs, and whatever then happens to it (sockets, write-ahead log, pages, backups) is a third as much;
 * Postgres' own compression costs more than all of that. Encodings by their HTTP names (RFC 9110, 8.4.1; RFC 7932).
 */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { rawBodyLimit } from '../http/raw-body.js';

export interface StoredBody {
  readonly bodyEncoding: 'identity' | 'br';
  readonly body: Buffer;
}

/** Below, there is little to gain; above, the event loop would wait too long for it. Bytes. */
const worthwhile = { from: 1024, to: 64 * 1024 };
const fastest = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 0, [constants.BROTLI_PARAM_LGWIN]: 16 },
  chunkSize: 4096,
};

export function packBody(body: Buffer): StoredBody {
  if (body.length >= worthwhile.from && body.length <= worthwhile.to) {
    const packed = brotliCompressSync(body, fastest);
    if (packed.length < body.length) return { bodyEncoding: 'br', body: packed };
  }
  return { bodyEncoding: 'identity', body };
}

/** @returns the bytes that came, exactly. @throws RangeError, Error: these bytes are not what `packBody` made */
export function unpackBody({ bodyEncoding, body }: StoredBody): Buffer {
  return bodyEncoding === 'br' ? brotliDecompressSync(body, { maxOutputLength: rawBodyLimit }) : body;
}
