/** Whatever comes is given back to the byte; what cannot be what we stored is refused. */
import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packBody, unpackBody } from '../../src/webhooks/stored-body.js';

const json = (bytes: number) =>
  Buffer.from(JSON.stringify({ order: 'x'.repeat(bytes) }).slice(0, bytes - 2) + '"}');
const bodies: [string, Buffer, 'identity' | 'br'][] = [
  ['none', Buffer.alloc(0), 'identity'],
  ['one byte', Buffer.from([0]), 'identity'],
  ['just too little', json(1_023), 'identity'],
  ['just enough', json(1_024), 'br'],
  ['what an order has', json(8_000), 'br'],
  ['just little enough', json(64 * 1024), 'br'],
  ['too much to wait for', json(64 * 1024 + 1), 'identity'],
  ['noise, which does not shrink', randomBytes(4_096), 'identity'],
  ['no UTF-8', Buffer.alloc(2_000, 0xff), 'br'],
];

test.each(bodies)('%s comes back as it was', (_, body, encoding) => {
  const stored = packBody(body);
  expect(stored.bodyEncoding).toBe(encoding);
  expect(unpackBody(stored).equals(body)).toBe(true);
});

test('compressed, an order takes less than half', () => {
  const order = Buffer.from(
    JSON.stringify(Array.from({ length: 80 }, (_, n) => ({ id: n, name: `Item ${n}` }))),
  );
  expect(packBody(order).body.length).toBeLessThan(order.length / 2);
});

describe('what is not ours', () => {
  test('bytes that are no such stream', () => {
    expect(() => unpackBody({ bodyEncoding: 'br', body: Buffer.alloc(500, 0xff) })).toThrow(
      'Decompression failed',
    );
  });
  test('a stream that would grow beyond what a delivery may have', () => {
    const body = brotliCompressSync(Buffer.alloc(4 * 1024 * 1024));
    expect(() => unpackBody({ bodyEncoding: 'br', body })).toThrow(RangeError);
  });
});
