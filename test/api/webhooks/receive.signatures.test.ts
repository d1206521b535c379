/** Who may deliver: only who proves, on the very bytes, to know a secret of the endpoint that the path names. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connected, counted, countOf, storedAt, type Connected } from '../../webhooks/connected.js';
import {
  deliver,
  proofs,
  proving,
  signed,
  vendors,
  type Signed,
  type Vendor,
} from '../../webhooks/signed.js';
import { expectBareProblem, expectIndistinguishable } from '../answers.js';

let t: TestApp;
let at: Record<Vendor, Connected>;
beforeAll(async () => {
  t = await startTestApp();
  const [shopify, whatsapp, richpanel] = await Promise.all(vendors.map((vendor) => connected(t, vendor)));
  at = { shopify: shopify!, whatsapp: whatsapp!, richpanel: richpanel! };
});
afterAll(() => t.close());

const body = JSON.stringify({ id: 1001, name: '#1001', note: 'Grüße 👋' });
const genuine = ({ vendor, secret }: Connected, content: string | Buffer = body): Signed =>
  signed(vendor, secret, content);
const proofOf = (vendor: Vendor, { headers }: Signed) => headers[proofs[vendor].header]!;

/** With another character in one place, such as may stand there. */
const withAnother = (text: string, place: number) =>
  text.slice(0, place) + (text[place] === 'a' ? 'b' : 'a') + text.slice(place + 1);

/** A job whose delivery turned out not to be stored names nothing, and does nothing. */
const leadsSomewhere = `EXISTS (SELECT FROM webhook_deliveries d WHERE data -> 'deliveryIds' ? d.id::text)`;

/** Is answered with the problem, counted as it, and leaves nothing behind. */
async function expectRefused(
  vendor: Vendor,
  path: string,
  delivery: Signed,
  code: 'signature-invalid' | 'not-found',
  what: string,
): Promise<void> {
  const state = async () => [
    await countOf(t, 'webhook_deliveries'),
    await countOf(t, 'pgboss.job_common', leadsSomewhere),
    await counted(t.http, vendor, 'stored'),
  ];
  const before = await state();
  const refused = await counted(t.http, vendor, code);
  const answer = await deliver(t.http, path, delivery);
  expect(answer.body.code, what).toBe(code);
  expectBareProblem(answer, code);
  expect(await state(), what).toEqual(before);
  expect(await counted(t.http, vendor, code), what).toBe(refused + 1);
}

describe.each(vendors)('%s', (vendor) => {
  const { header } = proofs[vendor];

  test('what proves its sender is stored with its endpoint, counted and acknowledged', async () => {
    const before = await counted(t.http, vendor, 'stored');
    const answer = await deliver(t.http, at[vendor].path, genuine(at[vendor])).expect(200);
    expect(answer.body).toEqual({ status: 'stored' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const [row] = await storedAt(t, at[vendor]);
    expect(row?.body.toString()).toBe(body);
    expect(await counted(t.http, vendor, 'stored')).toBe(before + 1);
  });

  test('401 costs no job either', async () => {
    const before = await countOf(t, 'pgboss.job_common');
    await deliver(t.http, at[vendor].path, proving(vendor, genuine(at[vendor]), 'x')).expect(401);
    expect(await countOf(t, 'pgboss.job_common')).toBe(before);
  });

  test('401 without the proof, and for anything that is not exactly it', async () => {
    const { path, secret } = at[vendor];
    const delivery = genuine(at[vendor]);
    const good = proofOf(vendor, delivery);
    const wrong: Record<string, string | undefined> = {
      missing: undefined,
      empty: '',
      'of another secret': proofOf(vendor, signed(vendor, `${secret}x`, body)),
      'of no secret': proofs[vendor].of('', Buffer.from(body)),
      'cut at its end': good.slice(0, -2),
      'cut at its start': good.slice(1),
      'longer in front': `A${good}`,
      'in upper case': good.toUpperCase(),
      'its first character': good.slice(0, 1),
      'one character changed at its start': withAnother(good, 8),
      'one character changed in its middle': withAnother(good, 20),
      'one character changed near its end': withAnother(good, good.length - 4),
      'of another kind': `Bearer ${good}`,
      'a word': 'null',
      long: `A${good}`.repeat(50),
    };
    for (const [what, proof] of Object.entries(wrong)) {
      expect(proof, what).not.toBe(good);
      await expectRefused(vendor, path, proving(vendor, delivery, proof), 'signature-invalid', what);
    }
  });

  test('401 for the proof in another header, in the path or in the body', async () => {
    const { path } = at[vendor];
    const delivery = genuine(at[vendor]);
    const good = proofOf(vendor, delivery);
    const bare = proving(vendor, delivery, undefined);
    for (const name of ['authorization', 'x-signature', `x-${header}`]) {
      const moved = { ...bare, headers: { ...bare.headers, [name]: good } };
      await expectRefused(vendor, path, moved, 'signature-invalid', name);
    }
    const query = `${path}?${header}=${encodeURIComponent(good)}`;
    await expectRefused(vendor, query, bare, 'signature-invalid', 'query');
    const inBody = { ...bare, body: Buffer.from(JSON.stringify({ [header]: good })) };
    await expectRefused(vendor, path, inBody, 'signature-invalid', 'body');
  });

  test('401 for the secret of another endpoint, whatever else the request says', async () => {
    const other = await connected(t, vendor);
    await expectRefused(vendor, at[vendor].path, genuine(other), 'signature-invalid', 'other secret');
    await expectRefused(vendor, other.path, genuine(at[vendor]), 'signature-invalid', 'other endpoint');
    // All that is not signed, and even what is, names the other endpoint and its account.
    const named = signed(
      vendor,
      other.secret,
      JSON.stringify({ endpointKey: other.key, shop_domain: other.account, workspace: other.account }),
      {
        'x-shopify-shop-domain': other.account,
        'x-endpoint-key': other.key,
        'x-original-url': other.path,
        'x-forwarded-uri': other.path,
        'x-rewrite-url': other.path,
      },
    );
    await expectRefused(vendor, at[vendor].path, named, 'signature-invalid', 'named');
    await expectRefused(
      vendor,
      `${at[vendor].path}?endpointKey=${other.key}`,
      named,
      'signature-invalid',
      'query',
    );
    // And it says so in vain when the secret is this endpoint's: it is stored as this one's.
    const mine = signed(vendor, at[vendor].secret, named.body, { 'x-shopify-shop-domain': other.account });
    await deliver(t.http, at[vendor].path, mine).expect(200);
    expect((await storedAt(t, at[vendor])).at(-1)?.body).toEqual(named.body);
    expect(await storedAt(t, other)).toEqual([]);
  });

  test('404 with the key of another vendor’s endpoint, though its own secret signed', async () => {
    for (const foreign of vendors.filter((each) => each !== vendor)) {
      const { key, secret } = at[foreign];
      const path = `/webhooks/${vendor}/${key}`;
      await expectRefused(vendor, path, signed(vendor, secret, body), 'not-found', foreign);
      await expectRefused(vendor, path, signed(foreign, secret, body), 'not-found', foreign);
    }
  });

  test('404 for a key that nobody has, whatever it looks like', async () => {
    const { key } = at[vendor];
    const swapped = key.replaceAll(/[a-zA-Z]/g, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    const keys = [
      'A'.repeat(22),
      key.slice(0, -1),
      `${key}A`,
      swapped,
      `${key}%20`,
      `%20${key}`,
      '%25',
      '*',
      'x'.repeat(5_000),
    ];
    for (const each of keys) {
      const path = `/webhooks/${vendor}/${each}`;
      await expectRefused(vendor, path, genuine(at[vendor]), 'not-found', each);
    }
  });

  test('404 for a key that Postgres could not even store', async () => {
    await expectRefused(vendor, `/webhooks/${vendor}/%00`, genuine(at[vendor]), 'not-found', 'NUL');
  });

  test('404 for a disabled endpoint, also one that was used a moment ago; and again well when it is enabled', async () => {
    const endpoint = await connected(t, vendor);
    await deliver(t.http, endpoint.path, genuine(endpoint)).expect(200);
    const set = (status: string) =>
      t.admin.query('UPDATE endpoints SET status = $2 WHERE id = $1', [endpoint.endpointId, status]);
    await set('disabled');
    await expectRefused(vendor, endpoint.path, genuine(endpoint, '{"n":1}'), 'not-found', 'disabled');
    await expectRefused(vendor, endpoint.path, genuine(endpoint, '{"n":2}'), 'not-found', 'still');
    const forged = proving(vendor, genuine(endpoint), 'x');
    await expectRefused(vendor, endpoint.path, forged, 'not-found', 'and forged');
    await set('active');
    await deliver(t.http, endpoint.path, genuine(endpoint, '{"n":3}')).expect(200);
    expect((await storedAt(t, endpoint)).map((row) => row.body.toString())).toEqual([body, '{"n":3}']);
  });

  test('an unknown, a foreign and a disabled key cannot be told apart', async () => {
    const disabled = await connected(t, vendor);
    await t.admin.query(`UPDATE endpoints SET status = 'disabled' WHERE id = $1`, [disabled.endpointId]);
    const foreign = at[vendors.find((each) => each !== vendor)!];
    const keys = [disabled.key, foreign.key, 'A'.repeat(22)];
    const answers = keys.map((key) => deliver(t.http, `/webhooks/${vendor}/${key}`, genuine(at[vendor])));
    expectIndistinguishable(await Promise.all(answers));
  });
});

describe.each(['shopify', 'whatsapp'] as const)('%s signs the bytes', (vendor) => {
  test('401 when one bit of them differs, anywhere', async () => {
    const delivery = genuine(at[vendor], '{"amount":"10.00"}');
    for (let index = 0; index < delivery.body.length; index += 1) {
      const changed = Buffer.from(delivery.body);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      const answer = await deliver(t.http, at[vendor].path, { ...delivery, body: changed });
      expect([index, answer.status, answer.body.code]).toEqual([index, 401, 'signature-invalid']);
    }
  });

  test('401 for the same JSON in other bytes, and for the proof of another body', async () => {
    const { path, secret } = at[vendor];
    const delivery = genuine(at[vendor], '{"text":"\\u00e4","n":1}');
    const others = [
      '{"text":"ä","n":1}',
      '{ "text":"\\u00e4","n":1}',
      '{"text":"\\u00E4","n":1}',
      '{"n":1,"text":"\\u00e4"}',
    ];
    for (const other of [
      ...others,
      `${delivery.body.toString()}\n`,
      `\ufeff${delivery.body.toString()}`,
      '{}',
      '[]',
    ]) {
      const moved = { ...delivery, body: Buffer.from(other) };
      await expectRefused(vendor, path, moved, 'signature-invalid', other);
    }
    const empty = proving(vendor, delivery, proofs[vendor].of(secret, Buffer.alloc(0)));
    await expectRefused(vendor, path, empty, 'signature-invalid', 'of the empty body');
  });
});

test('Shopify: 401 for a signature in another spelling than its own', async () => {
  const delivery = genuine(at.shopify, '{"n":1}');
  const good = proofOf('shopify', delivery);
  const bytes = Buffer.from(good, 'base64');
  const spellings = {
    hex: bytes.toString('hex'),
    'without its padding': good.replace('=', ''),
    'with more padding': `${good}=`,
    'with more behind it': `${good}AAAA`,
    'with other characters in it': `${good.slice(0, 9)}!${good.slice(9)}`,
    'with a space in it': `${good.slice(0, 9)} ${good.slice(9)}`,
    'fifty times': good.repeat(50),
    'twice, as two headers are joined': `${good}, ${good}`,
    'before a wrong one': `${good}, ${'A'.repeat(43)}=`,
  };
  const accepted: string[] = [];
  for (const [what, proof] of Object.entries(spellings)) {
    const { status } = await deliver(t.http, at.shopify.path, proving('shopify', delivery, proof));
    if (status !== 401) accepted.push(what);
  }
  expect(accepted).toEqual([]);
});

test('WhatsApp: 401 for a signature in another spelling than its own', async () => {
  const delivery = genuine(at.whatsapp, '{"n":1}');
  const good = proofOf('whatsapp', delivery);
  const [, hex = ''] = good.split('=');
  const spellings = [
    hex,
    `sha1=${hex}`,
    `SHA256=${hex}`,
    `sha256=${hex.toUpperCase()}`,
    `sha256= ${hex}`,
    `sha256==${hex}`,
    `sha256=${hex}0`,
    `sha256=${hex.slice(0, 62)}`,
    `sha256=${hex.slice(0, 63)}g`,
    `sha256=${Buffer.from(hex, 'hex').toString('base64')}`,
    `${good}, ${good}`,
    `sha256=${hex},`,
  ];
  for (const proof of spellings) {
    await expectRefused(
      'whatsapp',
      at.whatsapp.path,
      proving('whatsapp', delivery, proof),
      'signature-invalid',
      proof,
    );
  }
  const sha1 = { ...proving('whatsapp', delivery, undefined) };
  const old = { ...sha1, headers: { ...sha1.headers, 'x-hub-signature': good } };
  await expectRefused('whatsapp', at.whatsapp.path, old, 'signature-invalid', 'the old header');
});
