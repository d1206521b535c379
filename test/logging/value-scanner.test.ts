import { describe, expect, test } from 'vitest';
import { mask, masked } from '../../src/logging/value-scanner.js';

const uuid = '0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
const jwe = 'eyJhbGciOiJkaXIifQ..aXZpdml2aXY.Y2lwaGVydGV4dA.dGFndGFndGFn';
const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END PRIVATE KEY-----';

/** Each ends in nothing but the mask, or what stands in front of it. */
const found: readonly (readonly [value: string, left?: string])[] = [
  ['mara@lindqvist.example'],
  ["m.o'neil+orders@mail.co.uk"],
  ['jürgen@müller.de'],
  ['jose\u0301@example.com'],
  ['bounce+john=doe.com@example.com'],
  ['mara%40lindqvist.example'],
  ['+12025550143'],
  ['+44 7700 900123'],
  ['+1 (202) 555-0143'],
  ['+49-30-123456'],
  ['0044 7700 900123'],
  ['(202) 555-0143'],
  ['202-555-0143'],
  ['1-202-555-0143'],
  ['07700 900123'],
  ['06 12 34 56 78'],
  ['070-123 45 67'],
  ['07700900123'],
  ['447700900456'],
  ['Bearer abcdefgh1234'],
  ['basic bWFyYTpzZWNyZXQ='],
  [jwt],
  [jwe],
  ['shpat_0123456789abcdef'],
  ['shpca_0123456789abcdef'],
  ['shpss_mock_shop-1'],
  ['EAAGm0PX4ZCpsBAK'],
  ['sk-proj-abcDEF_123'],
  ['rp_mock_desk'],
  ['bk_local_abcdef'],
  ['bk_test_abcdef'],
  ['bk_live_abcdef'],
  [`bkr_${uuid}.1.k1.${'a'.repeat(43)}`],
  ['wamid.HBgLMTIwMjU1NTAxNDMVAgA='],
  ['AKIAIOSFODNN7EXAMPLE'],
  ['ASIAIOSFODNN7EXAMPLE'],
  ['secret=tiger', `secret=${mask}`],
  ['password: a passphrase for tests', `password: ${mask}`],
  ['"access_token": "abc"', `"access_token": ${mask}`],
  ['API_KEY=abc', `API_KEY=${mask}`],
  ['Authorization: Digest abc', `Authorization: ${mask}`],
  ['client_secret => abc', `client_secret => ${mask}`],
  ['postgresql://ada:tiger@db.internal/bulkhead', `postgresql://${mask}@db.internal/bulkhead`],
  ['postgresql://ada:ti/ger@db.internal/bulkhead', `postgresql://${mask}@db.internal/bulkhead`],
  ['mongodb+srv://ada:tiger@cluster/bulkhead', `mongodb+srv://${mask}@cluster/bulkhead`],
  ['redis://ghp123@shop.test/a', `redis://${mask}@shop.test/a`],
  ['https://shop.test/a?code=abc&x=1', `https://shop.test/a?${mask}`],
  ['/v1/contacts?phone=1', `/v1/contacts?${mask}`],
  [pem],
  [pem.slice(0, 50)],
  ['4111 1111 1111 1111'],
  ['4111-1111-1111-1111'],
  ['378282246310005'],
  ['q8Zr2Lw0Xc7Vb5Nm3Ka9Td'],
];

test.each(found.map(([value, left = mask]) => [value, left] as const))('is masked: %s', (value, left) => {
  expect(masked(value)).toBe(left);
  expect(masked(`saved ${value}`)).toBe(`saved ${left}`);
  expect(masked(masked(value))).toBe(masked(value));
});

/** What the code of this repository logs, and what stands on its lines. */
const harmless = [
  uuid,
  '12345678-1234-7234-8234-123456789012',
  'my-request-1',
  'demo-request_20.11',
  `job handle-event ${uuid}: QueryFailedError 23505`,
  `job send-message ${uuid}: NotSentYet`,
  'vendor call whatsapp send: accepted, 12 ms',
  'vendor call openai draft: credentials-refused, 3 ms',
  'vendor call shopify findOrders: unavailable:server-error, 30001 ms',
  'whatsapp send: accepted, 12 ms',
  `sending ${uuid} ended in TypeError: it may have left`,
  `the ticket of event ${uuid} is not there, or no longer`,
  'a messages that names no writer or no message is kept as an event only',
  'a ticket without an address or without a comment is kept as an event only',
  'Mapped {/v1/members/:id, PATCH} route',
  'Mapped {/webhooks/shopify/:endpointKey, POST} route (version: 1)',
  'AppModule dependencies initialized',
  '/v1/sessions/refresh',
  'connect ECONNREFUSED 127.0.0.1:5432',
  'listening at http://127.0.0.1:3000',
  '2026-11-21T08:30:00.000Z',
  '2026-11-21 08:30:00.123456+00:00 to 2026-11-22',
  'took 1763712345678 ms since 1763712345, 1234.567891234567 of it waiting',
  'serves on port 65535, pid 4194304, 256 KiB, 99.95 %',
  'SHOPIFY_ACCESS_TOKENS is not set, and sk-SK is a language',
  'duplicate key value violates unique constraint "connections_account_key"',
  'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'processTicksAndRejectionsOfEveryKind CreateOrganizations1763712345678',
  'at TenantDb.read (file:///srv/bulkhead/src/database/tenant-db.ts:47:13)',
  'at async /srv/node_modules/@nestjs/core@12.5.1/router/router-execution-context.js:46:28',
];

test.each(harmless)('is left as it is: %s', (line) => {
  expect(masked(line)).toBe(line);
});

test('finds each of many in one text, and leaves what is between', () => {
  expect(masked(`${uuid} a@b.test, +12025550143 and 5 12025550143 at 2026-11-21`)).toBe(
    `${uuid} ${mask}, ${mask} and 5 ${mask} at 2026-11-21`,
  );
});

describe('a megabyte that is made to be slow is scanned in linear time', () => {
  const million = 1_048_576;
  const hostile = [
    'a', '1', '@', '.', '-', '+', ' ', '%', '"', '0 ', '1-', 'a@', 'a.', 'a@a.', '+1', '+1 ', 'eyJ', 'eyJa.', 'a://', 'a://a:',
    'a://a:a', '?', 'a?', 'token', 'token:', 'token="', "secret='", 'bearer ', '-----BEGIN A-----', '-----BEGIN ', 'aB1', 'é',
    '(202) 555-014', '0044 ', '012 ', '4111 ', '1.2.3.', '2026-11-', '00000000-0000-', 'shpat_', 'A1-_', '\n', '\\', 'é@é.',
  ]; // prettier-ignore
  test.each(hostile)('%j', (part) => {
    // Steps by the square of a million would take longer than any test may.
    const text = part.repeat(Math.ceil(million / part.length));
    expect(masked(text).length).toBeLessThanOrEqual(text.length * 3);
  });
});
