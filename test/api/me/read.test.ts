import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('says who, where, as what, and where else: every active membership in an active organization', async () => {
  const here = await t.make.organization({ name: 'Here' });
  const member = await t.make.signedIn({ organizationId: here, role: 'viewer' });
  const { userId } = member;
  const there = await t.make.organization({ name: 'There' });
  await t.make.member(there, { userId, role: 'owner' });
  await t.make.member(await t.make.organization({ status: 'suspended' }), { userId });
  const left = await t.make.member(await t.make.organization(), { userId });
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [left.id]);
  await t.make.signedIn();

  const { body } = await t.http().get('/v1/me').set(member.bearer).expect(200);
  const entered = { id: here, slug: `shop-${here}`, name: 'Here', role: 'viewer' };
  expect(body).toEqual({
    id: userId,
    email: member.email,
    displayName: 'Some Body',
    organization: entered,
    organizations: [entered, { id: there, slug: `shop-${there}`, name: 'There', role: 'owner' }],
  });
});

test('S-38: no password, hash or status is in the answer', async () => {
  const { bearer } = await t.make.signedIn();
  const { text } = await t.http().get('/v1/me').set(bearer).expect(200);
  expect(text).not.toMatch(/argon2|password|salt|status/i);
});

test('S-26: removal, suspension and disabling act on the next request, each by its name', async () => {
  const removed = await t.make.signedIn();
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [removed.id]);
  expectBareProblem(await t.http().get('/v1/me').set(removed.bearer), 'membership-ended');

  const suspended = await t.make.signedIn();
  await t.admin.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [
    suspended.organizationId,
  ]);
  expectBareProblem(await t.http().get('/v1/me').set(suspended.bearer), 'organization-suspended');

  const disabled = await t.make.signedIn();
  await t.admin.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [disabled.userId]);
  expectBareProblem(await t.http().get('/v1/me').set(disabled.bearer), 'session-ended');
});

test('removed here, one is not let in here by a membership elsewhere', async () => {
  const member = await t.make.signedIn();
  await t.make.member(await t.make.organization(), { userId: member.userId, role: 'owner' });
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]);
  for (const path of ['/v1/me', '/v1/organization', '/v1/members']) {
    expectBareProblem(await t.http().get(path).set(member.bearer), 'membership-ended');
  }
});
