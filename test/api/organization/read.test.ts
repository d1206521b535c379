import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test.each(['viewer', 'agent', 'admin', 'owner'] as const)(
  'every role reads its own organization: %s',
  async (role) => {
    const organizationId = await t.make.organization({ name: 'Volt', kind: 'demo' });
    await t.make.organization({ name: 'Somebody else' });
    const { bearer } = await t.make.signedIn({ organizationId, role });
    const answer = await t.http().get('/v1/organization').set(bearer).expect(200);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.body).toEqual({
      id: organizationId,
      slug: `shop-${organizationId}`,
      name: 'Volt',
      kind: 'demo',
      status: 'active',
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  },
);

test.each(['"1"', 'W/"1"', '"0", "1"', '*'])(
  'who has it already is told so, without a body: %s',
  async (tag) => {
    const { bearer } = await t.make.signedIn();
    const answer = await t.http().get('/v1/organization').set(bearer).set('If-None-Match', tag).expect(304);
    expect(answer.text).toBe('');
    expect(answer.headers['etag']).toBe('"1"');
  },
);

test.each(['"2"', '1', 'W/"2"', '""', 'x'])('who has something else gets it whole: %s', async (tag) => {
  const { bearer, organizationId } = await t.make.signedIn();
  const answer = await t.http().get('/v1/organization').set(bearer).set('If-None-Match', tag).expect(200);
  expect(answer.body.id).toBe(organizationId);
});

test('S-26: having it already does not help whose session has ended', async () => {
  const { bearer } = await t.make.signedIn();
  await t.http().delete('/v1/sessions/current').set(bearer).expect(204);
  const answer = await t.http().get('/v1/organization').set(bearer).set('If-None-Match', '"1"');
  expectBareProblem(answer, 'session-ended');
});

test('neither a query nor a header chooses another organization', async () => {
  const { bearer, organizationId } = await t.make.signedIn();
  const foreign = await t.make.organization();
  const { body } = await t
    .http()
    .get(`/v1/organization?organizationId=${foreign}&id=${foreign}`)
    .set(bearer)
    .set('X-Organization-Id', foreign)
    .set('X-Tenant-Id', foreign)
    .expect(200);
  expect(body.id).toBe(organizationId);
});
