/** Meta asks once, when an endpoint is entered in its dashboard, whether we know the token that was chosen there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connected, counted, newSecret, type Connected } from '../../webhooks/connected.js';
import { expectBareProblem, expectIndistinguishable, placesOf } from '../answers.js';

let t: TestApp;
let whatsapp: Connected;
beforeAll(async () => {
  t = await startTestApp();
  whatsapp = await connected(t, 'whatsapp');
});
afterAll(() => t.close());

const asked = ({ verifyToken }: Pick<Connected, 'verifyToken'>, challenge = '1158201444') => ({
  'hub.mode': 'subscribe',
  'hub.challenge': challenge,
  'hub.verify_token': verifyToken,
});
const ask = (path: string, query: object) => t.http().get(path).query(query);

test.each([
  '1158201444',
  '0012',
  '1e3',
  'true',
  '<script>alert(1)</script>',
  'ä 👋 &=',
  '"',
  'x'.repeat(255),
])('the token is answered with the challenge %s, as it came, as plain text', async (challenge) => {
  const answer = await ask(whatsapp.path, asked(whatsapp, challenge)).expect(200);
  expect(answer.text).toBe(challenge);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});

test('another token is 401, and counted', async () => {
  const { verifyToken, secret } = whatsapp;
  const other = await connected(t, 'whatsapp');
  const wrong = [
    newSecret(),
    verifyToken.slice(0, -1),
    `${verifyToken}x`,
    verifyToken.toUpperCase(),
    'x',
    secret,
    other.verifyToken,
  ];
  const before = await counted(t.http, 'whatsapp', 'signature-invalid');
  for (const token of wrong) {
    expectBareProblem(await ask(whatsapp.path, asked({ verifyToken: token })), 'signature-invalid');
  }
  expect(await counted(t.http, 'whatsapp', 'signature-invalid')).toBe(before + wrong.length);
});

test('400 for a parameter that is missing, empty, too long, given twice, or another mode', async () => {
  const good = asked(whatsapp);
  for (const name of ['hub.mode', 'hub.challenge', 'hub.verify_token'] as const) {
    const { [name]: value, ...without } = good;
    const bad = [
      without,
      { ...good, [name]: '' },
      { ...good, [name]: [value, value] },
      { ...good, [name]: 'x'.repeat(256) },
    ];
    for (const query of bad) expect(placesOf(await ask(whatsapp.path, query))).toEqual([name]);
  }
  expect(placesOf(await ask(whatsapp.path, { ...good, 'hub.mode': 'unsubscribe' }))).toEqual(['hub.mode']);
  expect(placesOf(await ask(whatsapp.path, {}))).toHaveLength(3);
});

test('404 for a key that nobody has, of another vendor, or disabled, and no telling which', async () => {
  const shopify = await connected(t, 'shopify');
  const disabled = await connected(t, 'whatsapp');
  await ask(disabled.path, asked(disabled)).expect(200);
  await t.admin.query(`UPDATE endpoints SET status = 'disabled' WHERE id = $1`, [disabled.endpointId]);
  const keys = ['A'.repeat(22), shopify.key, disabled.key];
  const answers = await Promise.all(keys.map((key) => ask(`/webhooks/whatsapp/${key}`, asked(disabled))));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
});

test('a new token is the one that counts, from its commit on', async () => {
  const { owner, connectionId, path } = await connected(t, 'whatsapp');
  const next = newSecret();
  const change = t.http().patch(`/v1/connections/${connectionId}`).set(owner.bearer);
  await change.send({ webhook: { verifyToken: next } }).expect(200);
  await ask(path, asked({ verifyToken: next })).expect(200);
});

test('the other vendors have no handshake', async () => {
  for (const vendor of ['shopify', 'richpanel'] as const) {
    const { path } = await connected(t, vendor);
    expectBareProblem(await ask(path, asked(whatsapp)), 'not-found');
  }
});
