import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../../src/auth/passwords.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { emailOf, password } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, partOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const signIn = (body: object) => t.http().post('/v1/sessions').send(body);

test('signs in, names the organization and the role, and the token works', async () => {
  const organizationId = await t.make.organization({ name: 'Volt' });
  const member = await t.make.member(organizationId, { role: 'admin' });
  const answer = await t.http().post('/v1/sessions').send({ email: member.email, password }).expect(201);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toMatchObject({
    tokenType: 'Bearer',
    expiresIn: 600,
    organization: { id: organizationId, name: 'Volt', role: 'admin' },
  });
  const me = await t.http().get('/v1/me').auth(answer.body.accessToken, { type: 'bearer' }).expect(200);
  expect(me.body).toMatchObject({
    id: member.userId,
    email: member.email,
    organization: { id: organizationId },
  });
});

test('S-1: wrong password, unknown address, disabled user and user without a password cannot be told apart', async () => {
  const organizationId = await t.make.organization();
  const known = await t.make.member(organizationId);
  const disabled = await t.make.member(organizationId, { userId: await t.make.user({ status: 'disabled' }) });
  const without = await t.make.member(organizationId, { userId: await t.make.user({ withPassword: false }) });
  const answers = [
    await signIn({ email: known.email, password: 'not the passphrase' }),
    await signIn({ email: 'nobody@people.example', password }),
    await signIn({ email: disabled.email, password }),
    await signIn({ email: without.email, password }),
    await signIn({ email: known.email, password: 'not the passphrase', organizationId }),
  ];
  for (const answer of answers) expectBareProblem(answer, 'credentials-invalid');
  expectIndistinguishable(answers);
});

test('S-1: an address nobody has costs a password derivation, as a known one does', async () => {
  const { email } = await t.make.member(await t.make.organization());
  const time = async (address: string) => {
    const start = performance.now();
    await signIn({ email: address, password: 'not the passphrase' }).expect(401);
    return performance.now() - start;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    known.push(await time(email));
    unknown.push(await time(`nobody-${round}@people.example`));
  }
  // The fastest of each: load on the machine only ever adds. Without the derivation it would be a tenth.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 2);
});

test('the address is read without regard to case and surrounding space', async () => {
  const { email } = await t.make.member(await t.make.organization());
  await signIn({ email: `  ${email.toUpperCase()} `, password }).expect(201);
});

test('the password is not: case, space and length count', async () => {
  const { email } = await t.make.member(await t.make.organization());
  for (const other of [password.toUpperCase(), `${password} `, ` ${password}`, password.slice(0, -1)]) {
    expectBareProblem(await signIn({ email, password: other }), 'credentials-invalid');
  }
});

test('the same password typed with composed and decomposed letters is one password', async () => {
  const { email, userId } = await t.make.member(await t.make.organization());
  const hash = await hashPassword('gru\u0308n wie die Hoffnung');
  await t.admin.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, hash]);
  await signIn({ email, password: 'gr\u00fcn wie die Hoffnung' }).expect(201);
});

test('organizationId chooses; without it the organization joined first is entered', async () => {
  const first = await t.make.organization({ name: 'First' });
  const second = await t.make.organization({ name: 'Second' });
  const { userId, email } = await t.make.member(first, { role: 'viewer' });
  await t.make.member(second, { userId, role: 'admin' });
  const unasked = await signIn({ email, password }).expect(201);
  expect(unasked.body.organization).toMatchObject({ id: first, name: 'First', role: 'viewer' });
  const asked = await signIn({ email, password, organizationId: second }).expect(201);
  expect(asked.body.organization).toMatchObject({ id: second, name: 'Second', role: 'admin' });
  expect(partOf(asked.body.accessToken, 'claims')).toMatchObject({ org: second, role: 'admin' });
});

test('an organization one is not a member of answers like one that does not exist', async () => {
  const { email } = await t.make.member(await t.make.organization());
  const foreign = await t.make.organization();
  const suspended = await t.make.organization({ status: 'suspended' });
  const answers = [
    await signIn({ email, password, organizationId: foreign }),
    await signIn({ email, password, organizationId: suspended }),
    await signIn({ email, password, organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }),
  ];
  for (const answer of answers) expectBareProblem(answer, 'no-organization');
  expectIndistinguishable(answers);
});

test('a user without any organization, and one who was removed, have none to enter', async () => {
  const lonely = await t.make.user();
  expectBareProblem(await signIn({ email: emailOf(lonely), password }), 'no-organization');
  const removed = await t.make.member(await t.make.organization());
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [removed.id]);
  expectBareProblem(await signIn({ email: removed.email, password }), 'no-organization');
  const { organizationId } = removed;
  expectBareProblem(await signIn({ email: removed.email, password, organizationId }), 'no-organization');
});

test('a suspended organization cannot be entered; another one is entered instead unless it was asked for', async () => {
  const suspended = await t.make.organization({ status: 'suspended' });
  const { email, userId } = await t.make.member(suspended);
  expectBareProblem(await signIn({ email, password }), 'organization-suspended');
  const active = await t.make.organization();
  await t.make.member(active, { userId });
  const answer = await signIn({ email, password }).expect(201);
  expect(answer.body.organization.id).toBe(active);
  const asked = await signIn({ email, password, organizationId: suspended });
  expectBareProblem(asked, 'organization-suspended');
});

test('a refused sign-in leaves no session behind', async () => {
  const { email, userId } = await t.make.member(await t.make.organization({ status: 'suspended' }));
  await signIn({ email, password }).expect(403);
  await signIn({ email, password: 'not the passphrase' }).expect(401);
  const { rowCount } = await t.admin.query('SELECT FROM sessions WHERE user_id = $1', [userId]);
  expect(rowCount).toBe(0);
});

test('S-23: each sign-in begins a session of its own, whatever the caller brings', async () => {
  const member = await t.make.member(await t.make.organization());
  const { email } = member;
  const first = await signIn({ email, password }).expect(201);
  const second = await t
    .http()
    .post('/v1/sessions')
    .auth(first.body.accessToken, { type: 'bearer' })
    .set('Cookie', `sid=${String(partOf(first.body.accessToken, 'claims')['sid'])}`)
    .send({ email, password })
    .expect(201);
  const ids = [first, second].map(({ body }) => partOf(body.accessToken, 'claims')['sid']);
  expect(new Set(ids).size).toBe(2);
  expect(second.headers['set-cookie']).toBeUndefined();
  const { rows } = await t.admin.query('SELECT id FROM sessions WHERE user_id = $1', [member.userId]);
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
});
