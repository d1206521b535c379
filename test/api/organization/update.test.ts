import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
/** For what is refused: whatever a test sends, this one's organization stays as it is. */
let untouched: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  untouched = await t.make.signedIn();
});
afterAll(() => t.close());

const rename = ({ bearer }: SignedIn, body: object, ifMatch?: string) => {
  const request = t.http().patch('/v1/organization').set(bearer);
  return (ifMatch === undefined ? request : request.set('If-Match', ifMatch)).send(body);
};
const read = async ({ organizationId }: SignedIn) => {
  const { rows } = await t.admin.query('SELECT name, version, updated_at FROM organizations WHERE id = $1', [
    organizationId,
  ]);
  return rows[0] as { name: string; version: number; updated_at: Date };
};

test.each(['admin', 'owner'] as const)(
  '%s renames: name, version, time and tag move on together',
  async (role) => {
    const member = await t.make.signedIn({ role });
    await t.admin.query(`UPDATE organizations SET updated_at = '2026-01-01' WHERE id = $1`, [
      member.organizationId,
    ]);
    const answer = await rename(member, { name: 'Volt Europe' }).expect(200);
    expect(answer.body).toMatchObject({ id: member.organizationId, name: 'Volt Europe', version: 2 });
    expect(answer.headers['etag']).toBe('"2"');
    const row = await read(member);
    expect(row).toMatchObject({ name: 'Volt Europe', version: 2 });
    expect(answer.body.updatedAt).toBe(row.updated_at.toISOString());
    expect(row.updated_at.getTime()).toBeGreaterThan(new Date('2026-01-02').getTime());
  },
);

test.each(['viewer', 'agent'] as const)('%s may not, and nothing changes', async (role) => {
  const member = await t.make.signedIn({ role });
  expectProblem(await rename(member, { name: 'Mine' }), 'forbidden');
  // Permission comes before validation: who may not change does not learn what would be valid.
  expectProblem(await rename(member, { nonsense: true }), 'forbidden');
  expect(await read(member)).toMatchObject({ name: 'Shop', version: 1 });
});

test('only one’s own organization is renamed', async () => {
  const member = await t.make.signedIn();
  const neighbour = await t.make.signedIn();
  await rename(member, { name: 'Renamed' }).expect(200);
  expect(await read(neighbour)).toMatchObject({ name: 'Shop', version: 1 });
  const { rows } = await t.admin.query(`SELECT id FROM organizations WHERE name = 'Renamed'`);
  expect(rows).toEqual([{ id: member.organizationId }]);
});

test.each(['"1"', '*', '"7", "1"'])(
  'If-Match with the tag that was read lets the change through: %s',
  async (tag) => {
    const answer = await rename(await t.make.signedIn(), { name: 'Renamed' }, tag).expect(200);
    expect(answer.headers['etag']).toBe('"2"');
  },
);

test.each(['"0"', '"2"', 'W/"1"', '1', '""', '"1x"', 'x', '"01"', '" 1"', '"1.0"', '"0x1"'])(
  'If-Match with another, a weak or no tag refuses it: %s',
  async (tag) => {
    const before = await read(untouched);
    expectBareProblem(await rename(untouched, { name: 'Renamed' }, tag), 'precondition-failed');
    expect(await read(untouched)).toEqual(before);
  },
);

test('of two changes made on the same copy exactly one is kept', async () => {
  const member = await t.make.signedIn();
  const names = ['One', 'Two', 'Three', 'Four'];
  const answers = await Promise.all(names.map((name) => rename(member, { name }, '"1"')));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  const winner = answers.find(({ status }) => status === 200)!;
  expect(await read(member)).toMatchObject({ name: winner.body.name, version: 2 });
});

test('the name is trimmed, and keeps what is inside', async () => {
  const member = await t.make.signedIn();
  const { body } = await rename(member, { name: ' \t Vólt  & <b>Motörs</b> 日本 🚗\n' }).expect(200);
  expect(body.name).toBe('Vólt  & <b>Motörs</b> 日本 🚗');
  expect((await read(member)).name).toBe(body.name);
});

test.each([
  ['nothing', {}, '/name'],
  ['null', { name: null }, '/name'],
  ['empty', { name: '' }, '/name'],
  ['only spaces', { name: '   \n' }, '/name'],
  ['a number', { name: 7 }, '/name'],
  ['a list', { name: ['x'] }, '/name'],
  ['an object', { name: { $set: 'x' } }, '/name'],
  ['too long', { name: 'x'.repeat(201) }, '/name'],
  ['NUL, which Postgres cannot store', { name: 'a\u0000b' }, '/name'],
  ['its id', { name: 'Fine', id: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/id'],
  ['its kind', { name: 'Fine', kind: 'internal' }, '/kind'],
  ['its status', { name: 'Fine', status: 'suspended' }, '/status'],
  ['its version', { name: 'Fine', version: 9 }, '/version'],
  ['its organization', { name: 'Fine', organizationId: 'x' }, '/organizationId'],
])('refuses %s, names the place, and changes nothing', async (_name, body, place) => {
  const before = await read(untouched);
  expect(placesOf(await rename(untouched, body))).toEqual([place]);
  expect(await read(untouched)).toEqual(before);
});

test('200 characters fit, also when each takes four bytes', async () => {
  const member = await t.make.signedIn();
  const { body } = await rename(member, { name: '🚗'.repeat(200) }).expect(200);
  expect([...body.name]).toHaveLength(200);
});
