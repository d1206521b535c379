/** A secret is valid from the commit that stores it to the commit that forgets it, in every process, whatever it remembers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connected, newSecret, storedAt, type Connected } from '../../webhooks/connected.js';
import { deliver, signed, vendors } from '../../webhooks/signed.js';
import { expectBareProblem } from '../answers.js';

let t: TestApp;
let elsewhere: TestApp['http'];
beforeAll(async () => {
  t = await startTestApp();
  elsewhere = await t.another({});
});
afterAll(() => t.close());

let n = 0;
async function send(http: TestApp['http'], { vendor, path }: Connected, secret: string): Promise<number> {
  const delivery = signed(vendor, secret, JSON.stringify({ n: (n += 1) }));
  const answer = await deliver(http, path, delivery);
  if (answer.status !== 200) expectBareProblem(answer, 'signature-invalid');
  return answer.status;
}
/** What each secret is answered with in both processes. */
async function answersTo(endpoint: Connected, ...secrets: readonly string[]): Promise<number[][]> {
  const asked = secrets.map(async (secret) =>
    Promise.all([t.http, elsewhere].map(async (http) => send(http, endpoint, secret))),
  );
  return Promise.all(asked);
}
async function change({ owner, connectionId }: Connected, webhook: object): Promise<void> {
  const patch = t.http().patch(`/v1/connections/${connectionId}`).set(owner.bearer);
  await patch.send({ webhook }).expect(200);
}
const [yes, no] = [
  [200, 200],
  [401, 401],
];

describe.each(vendors)('%s', (vendor) => {
  test('a rotation, in a process that does it and in one that knew the endpoint before', async () => {
    const endpoint = await connected(t, vendor);
    const [first, second, third] = [endpoint.secret, newSecret(), newSecret()];
    expect(await answersTo(endpoint, first, second)).toEqual([yes, no]);

    await change(endpoint, { secret: second });
    // The new one first: what is remembered is the endpoint as it was.
    expect(await send(elsewhere, endpoint, second)).toBe(200);
    expect(await answersTo(endpoint, second, first, third)).toEqual([yes, yes, no]);

    await change(endpoint, { forgetPreviousSecret: true });
    // The old one first: by what is remembered it would pass.
    expect(await answersTo(endpoint, first)).toEqual([no]);
    expect(await answersTo(endpoint, second, first)).toEqual([yes, no]);

    await change(endpoint, { secret: third, forgetPreviousSecret: true });
    expect(await answersTo(endpoint, second)).toEqual([no]);
    expect(await answersTo(endpoint, third, second, first)).toEqual([yes, no, no]);
  });

  test('nothing is stored of what an old secret signed', async () => {
    const endpoint = await connected(t, vendor);
    await answersTo(endpoint, endpoint.secret);
    const stored = await storedAt(t, endpoint);
    expect(stored).toHaveLength(2);
    await change(endpoint, { secret: newSecret(), forgetPreviousSecret: true });
    expect(await answersTo(endpoint, endpoint.secret)).toEqual([no]);
    expect(await storedAt(t, endpoint)).toEqual(stored);
  });
});

test('of three secrets the oldest is forgotten, though nobody said so', async () => {
  const endpoint = await connected(t, 'shopify');
  const [second, third] = [newSecret(), newSecret()];
  expect(await answersTo(endpoint, endpoint.secret)).toEqual([yes]);
  await change(endpoint, { secret: second });
  await change(endpoint, { secret: third });
  expect(await answersTo(endpoint, endpoint.secret)).toEqual([no]);
  expect(await answersTo(endpoint, third, second, endpoint.secret)).toEqual([yes, yes, no]);
});

test('a change of something else in between costs nobody a delivery', async () => {
  const endpoint = await connected(t, 'whatsapp');
  expect(await answersTo(endpoint, endpoint.secret)).toEqual([yes]);
  await change(endpoint, { verifyToken: newSecret() });
  expect(await answersTo(endpoint, endpoint.secret)).toEqual([yes]);
});

test('while a secret is rotated back and forth, a valid one is stored, or asked for again, but never refused', async () => {
  const endpoint = await connected(t, 'shopify');
  const other = newSecret();
  await change(endpoint, { secret: other });
  // One of these two is always the newest, and the other the one before it.
  const rotations = (async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      await change(endpoint, { secret: turn % 2 === 0 ? endpoint.secret : other });
    }
  })();
  const statuses = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const delivery = signed('shopify', index % 4 < 2 ? endpoint.secret : other, JSON.stringify({ index }));
      const answer = await deliver(index % 2 === 0 ? t.http : elsewhere, endpoint.path, delivery);
      if (answer.status !== 200) expectBareProblem(answer, 'unavailable');
      return answer.status;
    }),
  );
  await rotations;
  expect(await storedAt(t, endpoint)).toHaveLength(statuses.filter((status) => status === 200).length);
  expect(statuses).toContain(200);
});

test('a secret sealed for another endpoint opens nothing here', async () => {
  const [mine, theirs] = [await connected(t, 'shopify'), await connected(t, 'shopify')];
  await t.admin.query(
    'UPDATE endpoints SET secret = (SELECT secret FROM endpoints WHERE id = $2), version = version + 1 WHERE id = $1',
    [mine.endpointId, theirs.endpointId],
  );
  for (const secret of [mine.secret, theirs.secret]) {
    const answer = await deliver(t.http, mine.path, signed('shopify', secret, '{"moved":1}'));
    expectBareProblem(answer, 'internal');
  }
  expect(await storedAt(t, mine)).toEqual([]);
});
