import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyLimit } from '../../../src/http/server.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const email = 'somebody@people.example';
const post = (body: object) => t.http().post('/v1/sessions').send(body);
const postText = (text: string, type = 'application/json') =>
  t.http().post('/v1/sessions').set('Content-Type', type).send(text);

test('every missing field is named, at once', async () => {
  expect(placesOf(await post({}))).toEqual(['/email', '/password']);
  expect(placesOf(await post({ email }))).toEqual(['/password']);
});

test('a request without a body is told what is missing', async () => {
  expect(placesOf(await t.http().post('/v1/sessions'))).toEqual(['/email', '/password']);
});

test.each([
  ['role', { role: 'owner' }, '/role'],
  ['a name with a slash and a tilde', { 'a/b~c': 1 }, '/a~1b~0c'],
])('an unknown field is refused, with its pointer: %s', async (_name, extra, pointer) => {
  expect(placesOf(await post({ email, password: 'x', ...extra }))).toEqual([pointer]);
});

test.each([
  ['a number', { email: 7, password: 'x' }, '/email'],
  ['no address', { email: 'somebody', password: 'x' }, '/email'],
  ['two addresses', { email: 'a@people.example,b@people.example', password: 'x' }, '/email'],
  ['an address with NUL', { email: 'a\u0000@people.example', password: 'x' }, '/email'],
  ['an address too long', { email: `${'a'.repeat(300)}@people.example`, password: 'x' }, '/email'],
  ['a list', { email: [email], password: 'x' }, '/email'],
  ['an object as password', { email, password: { $ne: '' } }, '/password'],
  ['a number as password', { email, password: 12345678 }, '/password'],
  ['no password', { email, password: '' }, '/password'],
  ['null as password', { email, password: null }, '/password'],
  ['a password too long', { email, password: 'x'.repeat(1025) }, '/password'],
  ['no id', { email, password: 'x', organizationId: 'volt-motors-demo' }, '/organizationId'],
  ['a list of ids', { email, password: 'x', organizationId: [] }, '/organizationId'],
])('refuses what a field cannot be: %s', async (_name, body, pointer) => {
  expect(placesOf(await post(body))).toEqual([pointer]);
});

test('what was sent is not repeated: a password never comes back', async () => {
  const secret = 'a-very-secret-passphrase'.repeat(50);
  const answer = await post({ email: 'nothing', password: secret, [secret]: 1, organizationId: secret });
  expectProblem(answer, 'validation-failed');
  const values = (answer.body.errors as { detail: string; pointer: string }[])
    .filter(({ pointer }) => pointer !== `/${secret}`)
    .map(({ detail }) => detail);
  expect(values.join()).not.toContain('a-very-secret-passphrase');
});

test.each([
  ['cut off', '{"email":"somebody@people.example"'],
  ['nothing at all, called JSON', ''],
  ['not JSON', 'email=somebody'],
  ['__proto__', '{"email":"a@b.example","password":"x","__proto__":{"role":"owner"}}'],
  ['constructor.prototype', '{"email":"a@b.example","constructor":{"prototype":{"role":"owner"}}}'],
])('a body that cannot be read is malformed: %s', async (_name, text) => {
  const answer = await postText(text);
  expectProblem(answer, 'malformed-request');
  expect(answer.text).not.toContain('at ');
  expect(({} as { role?: string }).role).toBeUndefined();
});

test.each(['[]', '"text"', '7', 'true', 'null', '[{"email":"a@b.example","password":"x"}]'])(
  'a body that is JSON but no object is refused: %s',
  async (text) => {
    expect(placesOf(await postText(text))).toEqual(expect.arrayContaining(['/email', '/password']));
  },
);

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'text/json',
])('only JSON is read, so that no other site’s form can sign in: %s', async (type) => {
  expectBareProblem(await postText('{"email":"a@b.example","password":"x"}', type), 'unsupported-media-type');
});

test('a body above the limit is refused, one at the limit is read', async () => {
  const bodyOf = (bytes: number) => {
    const frame = JSON.stringify({ email, password: '' });
    return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
  };
  expect(placesOf(await postText(bodyOf(bodyLimit)))).toEqual(['/password']);
  expectBareProblem(await postText(bodyOf(bodyLimit + 1)), 'payload-too-large');
});

test('a problem of a public route is never cached either', async () => {
  const answer = await post({ email, password: 'x' }).expect(401);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['www-authenticate']).toBe('Bearer');
});
