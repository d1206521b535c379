/**
 * Enumerates every route: each declares its access, and each organization route keeps strangers out. A route that is
 * added without a case here fails.
 */
import { randomUUID } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request, { type Test as Call } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppModule } from '../../src/app.module.js';
import { memberRoles, permits } from '../../src/auth/permissions.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factory.js';
import { declaredRoutes, servedRoutes, type Route } from '../support/routes.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

/** How to call each organization route as it is meant, given the ids of one organization. */
interface Case {
  readonly call: (http: TestApp, ids: { readonly memberId: string; readonly organizationId: string }) => Call;
  /** The id in the call that could be another organization's. */
  readonly foreignId?: 'memberId' | 'organizationId';
  /** Works without a membership in the current organization, so that one can leave a place one was removed from. */
  readonly leaves?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'DELETE /v1/sessions/current': { call: ({ http }) => http().delete('/v1/sessions/current'), leaves: true },
  'PUT /v1/sessions/current/organization': {
    call: ({ http }, { organizationId }) =>
      http().put('/v1/sessions/current/organization').send({ organizationId }),
    foreignId: 'organizationId',
    leaves: true,
  },
  'GET /v1/me': { call: ({ http }) => http().get('/v1/me') },
  'GET /v1/organization': { call: ({ http }) => http().get('/v1/organization') },
  'PATCH /v1/organization': {
    call: ({ http }) => http().patch('/v1/organization').send({ name: 'Renamed' }),
  },
  'GET /v1/members': { call: ({ http }) => http().get('/v1/members') },
  'PATCH /v1/members/:id': {
    call: ({ http }, { memberId }) => http().patch(`/v1/members/${memberId}`).send({ role: 'viewer' }),
    foreignId: 'memberId',
  },
};

/** Served by libraries, without a controller: the API documents, open only where the policy says so. */
const documents = /^(GET|OPTIONS) \/(docs|openapi\.json)/;

const organizationRoutes = () =>
  declaredRoutes(t.app).filter(({ access }) => access?.kind === 'organization');
const problemOf = (body: object) => ({ ...body, requestId: undefined });
const callAs = (route: Route, actor: SignedIn, ids: { memberId: string; organizationId: string }) =>
  cases[route.name]!.call(t, ids).set(actor.bearer);
const ownIds = (actor: SignedIn) => ({ memberId: actor.id, organizationId: actor.organizationId });

test('every route declares its access', () => {
  const routes = declaredRoutes(t.app);
  expect(routes.length).toBeGreaterThan(10);
  expect(routes.filter(({ access }) => !access).map(({ handler }) => handler)).toEqual([]);
});

test('nothing is served that no controller declares', () => {
  const declared = new Set(declaredRoutes(t.app).map(({ name }) => name));
  const undeclared = servedRoutes(t.app).filter((name) => !declared.has(name) && !documents.test(name));
  expect(undeclared).toEqual([]);
  expect([...declared].filter((name) => !servedRoutes(t.app).includes(name))).toEqual([]);
});

test('every organization route has a case here, and no case is left over', () => {
  expect(Object.keys(cases).toSorted()).toEqual(
    organizationRoutes()
      .map(({ name }) => name)
      .toSorted(),
  );
  const withParameter = organizationRoutes().filter(({ path }) => path.includes(':'));
  expect(withParameter.filter(({ name }) => !cases[name]!.foreignId)).toEqual([]);
});

test('only these routes answer without a sign-in', () => {
  const open = declaredRoutes(t.app).filter(({ access }) => access?.kind === 'public');
  expect(open.map(({ name }) => name).toSorted()).toEqual([
    'GET /healthz',
    'GET /metrics',
    'GET /readyz',
    'POST /v1/sessions',
    'POST /v1/sessions/refresh',
  ]);
});

test('a route that declares no access is refused', async () => {
  @Controller('planted')
  class Forgotten {
    @Get()
    read(): string {
      return 'secret';
    }
  }
  const module = await Test.createTestingModule({
    imports: [AppModule.register(t.settings)],
    controllers: [Forgotten],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const answer = await request(app.getHttpServer()).get('/planted').expect(500);
  expect(answer.text).not.toContain('secret');
  expect(
    declaredRoutes(app)
      .filter(({ access }) => !access)
      .map(({ handler }) => handler),
  ).toEqual(['Forgotten.read']);
  await app.close();
});

describe('every organization route', () => {
  test('refuses who is not signed in', async () => {
    const ids = { memberId: randomUUID(), organizationId: randomUUID() };
    for (const route of organizationRoutes()) {
      const answer = await cases[route.name]!.call(t, ids);
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 401, 'unauthenticated']);
    }
  });

  test('S-26: refuses a session that was signed out, on the next request', async () => {
    for (const route of organizationRoutes()) {
      const actor = await t.make.signedIn();
      await t.http().delete('/v1/sessions/current').set(actor.bearer).expect(204);
      const answer = await callAs(route, actor, ownIds(actor));
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 401, 'session-ended']);
    }
  });

  test('S-26: refuses a disabled user, on the next request', async () => {
    for (const route of organizationRoutes()) {
      const actor = await t.make.signedIn();
      await t.admin.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [actor.userId]);
      const answer = await callAs(route, actor, ownIds(actor));
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 401, 'session-ended']);
    }
  });

  test('S-26: refuses a removed member, on the next request', async () => {
    for (const route of organizationRoutes().filter(({ name }) => !cases[name]!.leaves)) {
      const actor = await t.make.signedIn();
      await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [actor.id]);
      const answer = await callAs(route, actor, ownIds(actor));
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 403, 'membership-ended']);
    }
  });

  test('S-26: refuses a token that claims another role than the member has now', async () => {
    for (const route of organizationRoutes().filter(({ name }) => !cases[name]!.leaves)) {
      const actor = await t.make.signedIn({ role: 'owner' });
      await t.admin.query(`UPDATE members SET role = 'admin' WHERE id = $1`, [actor.id]);
      const answer = await callAs(route, actor, ownIds(actor));
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 401, 'token-stale']);
    }
  });

  test('refuses members of a suspended organization, on the next request', async () => {
    for (const route of organizationRoutes().filter(({ name }) => name !== 'DELETE /v1/sessions/current')) {
      const actor = await t.make.signedIn();
      await t.admin.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [
        actor.organizationId,
      ]);
      const answer = await callAs(route, actor, ownIds(actor));
      expect([route.name, answer.status, answer.body.code]).toEqual([
        route.name,
        403,
        'organization-suspended',
      ]);
    }
  });

  test('refuses a role without its permission', async () => {
    for (const route of organizationRoutes()) {
      const access = route.access!;
      if (access.kind !== 'organization') continue;
      for (const role of memberRoles.filter((each) => !permits(each, access.permission))) {
        const actor = await t.make.signedIn({ role });
        const answer = await callAs(route, actor, ownIds(actor));
        expect([route.name, role, answer.status, answer.body.code]).toEqual([
          route.name,
          role,
          403,
          'forbidden',
        ]);
      }
    }
  });

  test('answers a foreign id exactly like one that does not exist', async () => {
    const foreign = await t.make.signedIn();
    const before = await rowsOf(foreign.organizationId);
    for (const route of organizationRoutes()) {
      const { foreignId } = cases[route.name]!;
      if (!foreignId) continue;
      const actor = await t.make.signedIn();
      const own = ownIds(actor);
      const nonexistent = await callAs(route, actor, { ...own, [foreignId]: randomUUID() });
      const theirs = await callAs(route, actor, { ...own, [foreignId]: ownIds(foreign)[foreignId] });
      expect([route.name, theirs.status]).toEqual([route.name, 404]);
      expect(problemOf(theirs.body)).toEqual(problemOf(nonexistent.body));
      expect(Object.keys(theirs.headers).toSorted()).toEqual(Object.keys(nonexistent.headers).toSorted());
    }
    expect(await rowsOf(foreign.organizationId)).toEqual(before);
  });

  test('shows nothing of another organization', async () => {
    const foreign = await t.make.signedIn({
      organizationId: await t.make.organization({ name: 'Foreign and secret' }),
    });
    const actor = await t.make.signedIn();
    const secrets = [foreign.organizationId, foreign.id, foreign.userId, foreign.email, 'Foreign and secret'];
    for (const route of organizationRoutes().filter(({ method }) => method === 'GET')) {
      const answer = await callAs(route, actor, ownIds(actor)).expect(200);
      for (const secret of secrets) expect(answer.text).not.toContain(secret);
      expect(answer.text).toContain(route.path === '/v1/members' ? actor.id : actor.organizationId);
    }
  });
});

async function rowsOf(organizationId: string): Promise<unknown[]> {
  const { rows: members } = await t.admin.query(
    'SELECT * FROM members WHERE organization_id = $1 ORDER BY id',
    [organizationId],
  );
  const { rows: organization } = await t.admin.query('SELECT * FROM organizations WHERE id = $1', [
    organizationId,
  ]);
  return [...members, ...organization];
}
