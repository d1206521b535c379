import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  admin = await t.make.signedIn({ role: 'admin' });
});
afterAll(() => t.close());

const rule = {
  name: 'Orders to Nora',
  place: 10,
  conditions: [{ type: 'intent', is: 'order-status' }],
  actions: { tags: ['orders'], status: 'open' },
};
const post = (body: object, { bearer } = admin) => t.http().post('/v1/routing-rules').set(bearer).send(body);
const patch = (id: string, body: object, { bearer } = admin) =>
  t.http().patch(`/v1/routing-rules/${id}`).set(bearer).send(body);
const count = async () => {
  const { rows } = await t.admin.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM routing_rules WHERE organization_id = $1',
    [admin.organizationId],
  );
  return rows[0]!.count;
};

test('is made, changed, switched off, and listed in the order it was made', async () => {
  const made = await post(rule).expect(201);
  expect(made.body).toMatchObject({ ...rule, enabled: true, version: 1 });
  const { id } = made.body as { id: string };
  const changed = await patch(id, { place: 5, enabled: false }).set('if-match', '"1"').expect(200);
  expect(changed.body).toMatchObject({ ...rule, place: 5, enabled: false, version: 2 });
  // The same again is no change.
  expect((await patch(id, { place: 5 }).expect(200)).body).toMatchObject({ version: 2 });
  expectProblem(await patch(id, { place: 6 }).set('if-match', '"1"'), 'precondition-failed');
  const second = await post({ ...rule, name: 'Second' }).expect(201);
  const { body } = await t.http().get('/v1/routing-rules').set(admin.bearer).expect(200);
  expect((body as { data: { id: string }[] }).data.map((each) => each.id)).toEqual([
    id,
    (second.body as { id: string }).id,
  ]);
});

test.each<[string, object, string]>([
  ['an unknown condition', { conditions: [{ type: 'weather', is: 'rain' }] }, '/conditions/0/type'],
  [
    'a time zone that is none',
    { conditions: [{ type: 'hours', from: '08:00', to: '18:00', timeZone: 'Mars/Base' }] },
    '/conditions/0/timeZone',
  ],
  ['an unknown action', { actions: { tags: [], forward: 'nowhere' } }, '/actions'],
  ['an id among the actions', { actions: { id: 'x' } }, '/actions/id'],
  ['conditions among the actions', { actions: { conditions: [] } }, '/actions/conditions'],
  ['a tag that is none', { actions: { tags: ['<b>'] } }, '/actions/tags/0'],
  ['a status that is none', { actions: { status: 'closed' } }, '/actions/status'],
  [
    'a member of nobody',
    { actions: { assigneeId: '019aa5c0-7e1a-4c3b-9d6e-2f1b0a4c5d01' } },
    '/actions/assigneeId',
  ],
  ['a place below zero', { place: -1 }, '/place'],
  ['no name', { name: '' }, '/name'],
])('%s is refused at its place, and nothing is kept', async (_what, wrong, pointer) => {
  const before = await count();
  const answer = await post({ ...rule, ...wrong });
  expectProblem(answer, 'validation-failed');
  expect(placesOf(answer)).toContain(pointer);
  expect(await count()).toBe(before);
});

test('names no member of another organization, and no removed one', async () => {
  const stranger = await t.make.signedIn();
  const gone = await t.make.member(admin.organizationId);
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [gone.id]);
  for (const assigneeId of [stranger.id, gone.id])
    expectProblem(await post({ ...rule, actions: { assigneeId } }), 'validation-failed');
});

test('is an admin’s to make and to change, and everybody’s to read', async () => {
  const agent = await t.make.signedIn({ organizationId: admin.organizationId, role: 'agent' });
  const { body } = await post(rule).expect(201);
  expectProblem(await post(rule, agent), 'forbidden');
  expectProblem(await patch((body as { id: string }).id, { enabled: false }, agent), 'forbidden');
  await t.http().get('/v1/routing-rules').set(agent.bearer).expect(200);
  const stranger = await t.make.signedIn();
  expectProblem(await patch((body as { id: string }).id, { enabled: false }, stranger), 'not-found');
});

test('with an Idempotency-Key is made once', async () => {
  const before = await count();
  for (let time = 0; time < 2; time += 1) await post(rule).set('idempotency-key', 'one-rule').expect(201);
  expect(await count()).toBe(before + 1);
});
