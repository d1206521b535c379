/** An organization keeps at least one owner, whatever its owners do to themselves and each other, and whenever. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const change = ({ bearer }: SignedIn, { id }: { id: string }, body: object) =>
  t.http().patch(`/v1/members/${id}`).set(bearer).send(body);
const ownersOf = async (organizationId: string): Promise<number> => {
  const { rowCount } = await t.admin.query(
    `SELECT FROM members WHERE organization_id = $1 AND role = 'owner' AND status = 'active'`,
    [organizationId],
  );
  return rowCount!;
};
/** Owners of one new organization, each signed in. */
async function owners(count: number): Promise<SignedIn[]> {
  const first = await t.make.signedIn({ role: 'owner' });
  const { organizationId } = first;
  const others: SignedIn[] = [];
  for (let made = 1; made < count; made += 1)
    others.push(await t.make.signedIn({ organizationId, role: 'owner' }));
  return [first, ...others];
}

test('the only owner can neither step down nor leave', async () => {
  const owner = await t.make.signedIn({ role: 'owner' });
  await t.make.member(owner.organizationId, { role: 'admin' });
  for (const body of [
    { role: 'admin' },
    { role: 'viewer' },
    { status: 'removed' },
    { role: 'admin', status: 'removed' },
  ]) {
    expectBareProblem(await change(owner, owner, body), 'last-owner');
  }
  expect(await ownersOf(owner.organizationId)).toBe(1);
  await t.http().get('/v1/me').set(owner.bearer).expect(200);
});

test('an owner who was removed, or of another organization, does not count as the other one', async () => {
  const [owner, former] = (await owners(2)) as [SignedIn, SignedIn];
  await t.make.signedIn({ role: 'owner' });
  await change(owner, former, { status: 'removed' }).expect(200);
  expectBareProblem(await change(owner, owner, { role: 'admin' }), 'last-owner');
});

test('with another owner one may step down, and then no longer do what owners do', async () => {
  const [owner, other] = (await owners(2)) as [SignedIn, SignedIn];
  await change(owner, owner, { role: 'admin' }).expect(200);
  expectBareProblem(await change(owner, other, { role: 'admin' }), 'token-stale');
  expect(await ownersOf(owner.organizationId)).toBe(1);
});

const demote = { role: 'admin' };
const remove = { status: 'removed' };
test.each([
  ['each steps down', (a: SignedIn, b: SignedIn) => [change(a, a, demote), change(b, b, demote)]],
  ['each leaves', (a: SignedIn, b: SignedIn) => [change(a, a, remove), change(b, b, remove)]],
  ['each demotes the other', (a: SignedIn, b: SignedIn) => [change(a, b, demote), change(b, a, demote)]],
  ['each removes the other', (a: SignedIn, b: SignedIn) => [change(a, b, remove), change(b, a, remove)]],
  ['one does both', (a: SignedIn, b: SignedIn) => [change(a, a, demote), change(a, b, remove)]],
])('the only two owners at the same moment, %s: one always remains', async (_name, attempt) => {
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = (await owners(2)) as [SignedIn, SignedIn];
    const answers = await Promise.all(attempt(a, b));
    expect(await ownersOf(a.organizationId)).toBe(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.find(({ status }) => status !== 200)!;
    // Refused by the rule when they met; as stale or ended when the other was already through.
    expect(['last-owner', 'token-stale', 'membership-ended']).toContain(refused.body.code);
  }
});

test('five owners stepping down at once leave exactly one', async () => {
  const all = await owners(5);
  const answers = await Promise.all(all.map(async (each) => change(each, each, demote)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 409]);
  expect(await ownersOf(all[0]!.organizationId)).toBe(1);
});
