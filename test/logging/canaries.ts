/** Forty secrets and personal values. Those of the last list have no shape that a scanner could know. */
const digits = '4709';

export const canaries: readonly string[] = [
  // Secrets that vendors and we hand out.
  `shpat_canary${digits}a1b2c3d4e5f6`,
  `shpca_canary${digits}a1b2c3d4e5f6`,
  `shpss_canary${digits}a1b2c3d4e5f6`,
  `EAACanary${digits}ZCpsBAKxyz0123`,
  `sk-proj-Canary${digits}abcdef0123456789`,
  `rp_canary${digits}_key`,
  `bk_local_canary${digits}abcdef`,
  `bk_test_canary${digits}abcdef`,
  `bk_live_canary${digits}abcdef`,
  `AKIACANARY${digits}EXAMPL`,
  `ASIACANARY${digits}EXAMPL`,
  `eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjQ3MDl9.Y2FuYXJ5NDcwOQ`,
  `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..Y2FuYXJ5aXY.Y2FuYXJ5NDcwOQ.Y2FuYXJ5dGFn`,
  `Bearer canary${digits}opaque-token`,
  `Basic Y2FuYXJ5OmNhbmFyeTQ3MDk=`,
  `password=canary${digits}-correct-horse`,
  `client_secret: canary${digits}secret`,
  `postgresql://canary:pw${digits}@db.internal/bulkhead`,
  `mongodb://canary:pw${digits}@mongo.internal/bulkhead`,
  `redis://canary:pw${digits}@shop.test/orders?token=canary${digits}`,
  `-----BEGIN PRIVATE KEY----- MIICanary${digits} -----END PRIVATE KEY-----`,
  `bkr_0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b.1.k1.Canary${digits}Canary${digits}Canary${digits}Canary${digits}Can`,
  `wamid.HBgLMTIwMjU1NTAxNDMVAgAcanary${digits}=`,
  `q8Zr2Lw0Xc7Vb5Nm3Ka9Td${digits}`,
  // People, by what has a shape.
  `canary${digits}@lindqvist.example`,
  `canary.${digits}+orders@mail.example.co.uk`,
  '+46701740605',
  '+44 7700 900789',
  '(202) 555-0191',
  '0044 7700 900788',
  '447700900787',
  '4111 1111 1111 1111',
  '5500-0000-0000-0004',
  '378282246310005',
  // And by what has none.
  `Canary Lindqvist-${digits}`,
  `12 Canary Lane, Flat ${digits}`,
  `canary${digits} my cat is very ill`,
  `correct horse battery canary ${digits}`,
  `born on the 3rd of Canary ${digits}`,
  `Kanarienvogelstrasse ${digits}, 10115 Berlin`,
];

/** Every spelling that a sink may give it. */
function spellings(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = encodeURIComponent(value);
  return [value, json, JSON.stringify(json).slice(1, -1), encoded, encoded.replaceAll('%20', '+')];
}

/** @returns the canaries that a sink holds */
export function foundIn(sink: string): readonly string[] {
  return canaries.filter((value) => spellings(value).some((spelling) => sink.includes(spelling)));
}

/** As SDKs throw: the request it failed with hangs on it, and on its cause. */
export function vendorError(value: string): Error {
  const request = { headers: { authorization: value, cookie: [value] }, data: JSON.stringify({ value }) };
  const response = {
    status: 401,
    data: { error: { message: value, more: [{ a: { b: { c: { d: value } } } }] } },
  };
  const parts = { config: request, request, response, body: value, detail: value, [value]: value };
  const cause = Object.assign(new Error(`caused by ${value}`), parts);
  return Object.assign(new Error(`Request failed: ${value}\n    at ${value}`, { cause }), parts);
}
