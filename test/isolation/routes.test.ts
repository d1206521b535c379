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

/** What an organization has, by name. */
interface Ids {
  readonly memberId: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly eventId: string;
  readonly contactId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly templateId: string;
  readonly draftId: string;
  readonly decisionId: string;
  readonly ruleId: string;
  /** All that its flags show of it. */
  readonly ladder: string;
}

/** How to call each organization route as it is meant, given the ids of one organization. */
interface Case {
  readonly call: (http: TestApp, ids: Ids) => Call;
  /** The id in the call that could be another organization's. */
  readonly foreignId?: keyof Ids;
  /** The id that its answer shows when it reads. */
  readonly shows?: keyof Ids;
  /** Works without a membership in the current organization, so that one can leave a place one was removed from. */
  readonly leaves?: true;
}

const connection = {
  provider: 'shopify',
  account: 'isolated.myshopify.com',
  name: 'Shop',
  credentials: { accessToken: 'shpat_mock_isolated' },
  webhook: { secret: 'a-secret-of-the-app' },
};

const template = {
  name: 'Where is my order',
  language: 'en',
  intent: 'order-status',
  body: 'Your order {{order.name}} is {{order.status}}.',
};

const rule = { name: 'Returns', place: 1, conditions: [], actions: { status: 'pending' } };

const cases: Readonly<Record<string, Case>> = {
  'DELETE /v1/sessions/current': { call: ({ http }) => http().delete('/v1/sessions/current'), leaves: true },
  'PUT /v1/sessions/current/organization': {
    call: ({ http }, { organizationId }) =>
      http().put('/v1/sessions/current/organization').send({ organizationId }),
    foreignId: 'organizationId',
    leaves: true,
  },
  'GET /v1/me': { call: ({ http }) => http().get('/v1/me'), shows: 'organizationId' },
  'GET /v1/organization': { call: ({ http }) => http().get('/v1/organization'), shows: 'organizationId' },
  'PATCH /v1/organization': {
    call: ({ http }) => http().patch('/v1/organization').send({ name: 'Renamed' }),
  },
  'GET /v1/members': { call: ({ http }) => http().get('/v1/members'), shows: 'memberId' },
  'PATCH /v1/members/:id': {
    call: ({ http }, { memberId }) => http().patch(`/v1/members/${memberId}`).send({ role: 'viewer' }),
    foreignId: 'memberId',
  },
  'GET /v1/connections': { call: ({ http }) => http().get('/v1/connections'), shows: 'connectionId' },
  'POST /v1/connections': { call: ({ http }) => http().post('/v1/connections').send(connection) },
  'PATCH /v1/connections/:id': {
    call: ({ http }, { connectionId }) =>
      http().patch(`/v1/connections/${connectionId}`).send({ name: 'Renamed', status: 'disabled' }),
    foreignId: 'connectionId',
  },
  'GET /v1/webhook-events': { call: ({ http }) => http().get('/v1/webhook-events'), shows: 'eventId' },
  'GET /v1/webhook-events/:id': {
    call: ({ http }, { eventId }) => http().get(`/v1/webhook-events/${eventId}`),
    foreignId: 'eventId',
    shows: 'eventId',
  },
  'GET /v1/contacts': { call: ({ http }) => http().get('/v1/contacts'), shows: 'contactId' },
  'GET /v1/contacts/:id': {
    call: ({ http }, { contactId }) => http().get(`/v1/contacts/${contactId}`),
    foreignId: 'contactId',
    shows: 'contactId',
  },
  'GET /v1/conversations': {
    call: ({ http }) => http().get('/v1/conversations'),
    shows: 'conversationId',
  },
  'GET /v1/conversations/:id': {
    call: ({ http }, { conversationId }) => http().get(`/v1/conversations/${conversationId}`),
    foreignId: 'conversationId',
    shows: 'conversationId',
  },
  'PATCH /v1/conversations/:id': {
    call: ({ http }, { conversationId }) =>
      http()
        .patch(`/v1/conversations/${conversationId}`)
        .send({ status: 'resolved', tags: ['renamed'] }),
    foreignId: 'conversationId',
  },
  'GET /v1/conversations/:id/messages': {
    call: ({ http }, { conversationId }) => http().get(`/v1/conversations/${conversationId}/messages`),
    foreignId: 'conversationId',
    shows: 'messageId',
  },
  'POST /v1/conversations/:id/messages': {
    call: ({ http }, { conversationId }) =>
      http().post(`/v1/conversations/${conversationId}/messages`).send({ text: 'It left this morning.' }),
    foreignId: 'conversationId',
  },
  'GET /v1/conversations/:id/decisions': {
    call: ({ http }, { conversationId }) => http().get(`/v1/conversations/${conversationId}/decisions`),
    foreignId: 'conversationId',
    shows: 'decisionId',
  },
  'GET /v1/drafts': { call: ({ http }) => http().get('/v1/drafts'), shows: 'draftId' },
  'PATCH /v1/drafts/:id': {
    call: ({ http }, { draftId }) => http().patch(`/v1/drafts/${draftId}`).send({ text: 'Other words' }),
    foreignId: 'draftId',
  },
  'POST /v1/drafts/:id/approval': {
    call: ({ http }, { draftId }) => http().post(`/v1/drafts/${draftId}/approval`),
    foreignId: 'draftId',
  },
  'POST /v1/drafts/:id/rejection': {
    call: ({ http }, { draftId }) => http().post(`/v1/drafts/${draftId}/rejection`).send({ reason: 'No' }),
    foreignId: 'draftId',
  },
  'GET /v1/templates': { call: ({ http }) => http().get('/v1/templates'), shows: 'templateId' },
  'POST /v1/templates': { call: ({ http }) => http().post('/v1/templates').send(template) },
  'PATCH /v1/templates/:id': {
    call: ({ http }, { templateId }) =>
      http()
        .patch(`/v1/templates/${templateId}`)
        .send({ body: 'Other words', approvedNumber: 2, enabled: false, listed: true }),
    foreignId: 'templateId',
  },
  'GET /v1/routing-rules': { call: ({ http }) => http().get('/v1/routing-rules'), shows: 'ruleId' },
  'POST /v1/routing-rules': { call: ({ http }) => http().post('/v1/routing-rules').send(rule) },
  'PATCH /v1/routing-rules/:id': {
    call: ({ http }, { ruleId }) => http().patch(`/v1/routing-rules/${ruleId}`).send({ enabled: false }),
    foreignId: 'ruleId',
  },
  'GET /v1/flags': { call: ({ http }) => http().get('/v1/flags'), shows: 'ladder' },
};

/** Served by libraries, without a controller: the API documents, open only where the policy says so. */
const documents = /^(GET|OPTIONS) \/(docs|openapi\.json)/;

const organizationRoutes = () =>
  declaredRoutes(t.app).filter(({ access }) => access?.kind === 'organization');
/** All but those by which one may leave a place that one was removed from. */
const staying = () => organizationRoutes().filter(({ name }) => !cases[name]!.leaves);
const problemOf = (body: object) => ({ ...body, requestId: undefined });
const callAs = (route: Route, actor: SignedIn, ids: Ids) => cases[route.name]!.call(t, ids).set(actor.bearer);
const nowhere = (): Ids => ({
  memberId: randomUUID(),
  organizationId: randomUUID(),
  connectionId: randomUUID(),
  eventId: randomUUID(),
  contactId: randomUUID(),
  conversationId: randomUUID(),
  messageId: randomUUID(),
  templateId: randomUUID(),
  draftId: randomUUID(),
  decisionId: randomUUID(),
  ruleId: randomUUID(),
  ladder: 'whitelist',
});
async function ownIds({ id: memberId, organizationId }: SignedIn): Promise<Ids> {
  const made = await t.make.connection(organizationId);
  const contact = await t.make.contact(organizationId);
  const conversation = await t.make.conversation(made, contact, { inboundSeq: 1 });
  const ladder = 'whitelist';
  await plantFlags(organizationId, ladder);
  return {
    memberId,
    organizationId,
    connectionId: made.id,
    eventId: await t.make.webhookEvent(made),
    contactId: contact.id,
    conversationId: conversation.id,
    messageId: await t.make.message(conversation),
    templateId: await t.make.template(organizationId),
    draftId: await t.make.draft(conversation),
    decisionId: await t.make.decision(conversation),
    ruleId: await plantRule(organizationId, rule),
    ladder,
  };
}
async function plantRule(
  organizationId: string,
  { name, place, conditions, actions }: { [Part in keyof typeof rule]: unknown },
): Promise<string> {
  const id = randomUUID();
  await t.admin.query(
    `INSERT INTO routing_rules (organization_id, id, name, place, conditions, actions)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [organizationId, id, name, place, JSON.stringify(conditions), actions],
  );
  return id;
}
async function plantFlags(organizationId: string, ladder: string): Promise<void> {
  await t.admin.query(
    'INSERT INTO organization_flags (organization_id, id, kill_switch, ladder) VALUES ($1, $2, true, $3)',
    [organizationId, randomUUID(), ladder],
  );
}

/** One actor for all: what refuses the first route must refuse the last. */
async function expectAllRefused(routes: readonly Route[], actor: SignedIn, refusal: [number, string]) {
  const own = await ownIds(actor);
  const before = await rowsOf(actor.organizationId);
  for (const route of routes) {
    const answer = await callAs(route, actor, own);
    expect([route.name, answer.status, answer.body.code]).toEqual([route.name, ...refusal]);
  }
  expect(await rowsOf(actor.organizationId)).toEqual(before);
}

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
    'DELETE /mocks/faults',
    'DELETE /mocks/outbox',
    'GET /healthz',
    'GET /metrics',
    'GET /mocks/faults',
    'GET /mocks/outbox',
    'GET /readyz',
    'POST /v1/sessions',
    'POST /v1/sessions/refresh',
    'PUT /mocks/faults',
  ]);
});

test('only these routes are for vendors, whose deliveries prove who sent them', async () => {
  const forVendors = declaredRoutes(t.app).filter(({ access }) => access?.kind === 'webhook');
  expect(forVendors.map(({ name }) => name).toSorted()).toEqual([
    'GET /webhooks/whatsapp/:endpointKey',
    'POST /webhooks/richpanel/:endpointKey',
    'POST /webhooks/shopify/:endpointKey',
    'POST /webhooks/whatsapp/:endpointKey',
  ]);
  // Being signed in proves nothing here.
  const { bearer } = await t.make.signedIn();
  const { body } = await t.http().post('/v1/connections').set(bearer).send(connection).expect(201);
  const { path } = (body as { webhook: { path: string } }).webhook;
  const answer = await t.http().post(path).set(bearer).send({});
  expect([answer.status, answer.body.code]).toEqual([401, 'signature-invalid']);
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
    for (const route of organizationRoutes()) {
      const answer = await cases[route.name]!.call(t, nowhere());
      expect([route.name, answer.status, answer.body.code]).toEqual([route.name, 401, 'unauthenticated']);
    }
  });

  test('S-26: refuses a session that was signed out, on the next request', async () => {
    const actor = await t.make.signedIn();
    await t.http().delete('/v1/sessions/current').set(actor.bearer).expect(204);
    await expectAllRefused(organizationRoutes(), actor, [401, 'session-ended']);
  });

  test('S-26: refuses a disabled user, on the next request', async () => {
    const actor = await t.make.signedIn();
    await t.admin.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [actor.userId]);
    await expectAllRefused(organizationRoutes(), actor, [401, 'session-ended']);
  });

  test('S-26: refuses a removed member, on the next request', async () => {
    const actor = await t.make.signedIn();
    await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [actor.id]);
    await expectAllRefused(staying(), actor, [403, 'membership-ended']);
  });

  test('S-26: refuses a token that claims another role than the member has now', async () => {
    const actor = await t.make.signedIn({ role: 'owner' });
    await t.admin.query(`UPDATE members SET role = 'admin' WHERE id = $1`, [actor.id]);
    await expectAllRefused(staying(), actor, [401, 'token-stale']);
  });

  test('refuses members of a suspended organization, on the next request', async () => {
    const actor = await t.make.signedIn();
    await t.admin.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [
      actor.organizationId,
    ]);
    const routes = organizationRoutes().filter(({ name }) => name !== 'DELETE /v1/sessions/current');
    await expectAllRefused(routes, actor, [403, 'organization-suspended']);
  });

  test('refuses a role without its permission', async () => {
    for (const role of memberRoles) {
      const actor = await t.make.signedIn({ role });
      const closed = organizationRoutes().filter(
        ({ access }) => access?.kind === 'organization' && !permits(role, access.permission),
      );
      await expectAllRefused(closed, actor, [403, 'forbidden']);
    }
  });

  test('answers a foreign id exactly like one that does not exist', async () => {
    const foreign = await t.make.signedIn();
    const foreignIds = await ownIds(foreign);
    const before = await rowsOf(foreign.organizationId);
    for (const route of organizationRoutes()) {
      const { foreignId } = cases[route.name]!;
      if (!foreignId) continue;
      const actor = await t.make.signedIn();
      const own = await ownIds(actor);
      const nonexistent = await callAs(route, actor, { ...own, [foreignId]: randomUUID() });
      const theirs = await callAs(route, actor, { ...own, [foreignId]: foreignIds[foreignId] });
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
    const theirs = await t.make.connection(foreign.organizationId, { name: 'Foreign and secret shop' });
    const event = await t.make.webhookEvent(theirs, {
      type: 'orders/foreign',
      payload: { name: '#foreign-and-secret' },
    });
    const writer = await t.make.contact(foreign.organizationId, {
      name: 'A foreign and secret shopper',
      whatsappUserId: 'US.40150782263914570621',
      phone: '+12025550143',
      email: 'shopper@foreign.example',
    });
    const talk = await t.make.conversation(theirs, writer, {
      assigneeId: foreign.id,
      tags: ['foreign-secret-tag'],
    });
    const said = await t.make.message(talk, {
      type: 'foreign_type',
      text: 'A foreign and secret text',
      content: { caption: 'A foreign and secret caption' },
      vendorMessageId: 'wamid.FOREIGN',
    });
    const draft = await t.make.draft(talk, {
      answersId: said,
      text: 'A foreign and secret draft',
      orderMatch: { orderName: '#foreign-order' },
      status: 'rejected',
      reason: 'A foreign and secret reason',
      decidedBy: foreign.userId,
    });
    const decision = await t.make.decision(talk, {
      draftId: draft,
      authorId: foreign.userId,
      reason: 'foreign-reason',
      checks: [{ check: 'foreign-check' }],
      context: { intent: 'foreign-intent' },
    });
    const wording = await t.make.template(foreign.organizationId, {
      name: 'A foreign and secret template',
      bodies: ['A foreign and secret version', 'A foreign and secret body'],
    });
    const routing = await plantRule(foreign.organizationId, {
      name: 'A foreign and secret rule',
      place: 7_654_321,
      conditions: [{ type: 'tag', has: 'foreign-condition' }],
      actions: { tags: ['foreign-action'], assigneeId: foreign.id },
    });
    await plantFlags(foreign.organizationId, 'drafts');
    const actor = await t.make.signedIn();
    const own = await ownIds(actor);
    const people = [foreign.organizationId, foreign.id, foreign.userId, foreign.email, 'Foreign and secret'];
    const things = [theirs.id, theirs.account, theirs.endpoint.id, theirs.endpoint.key];
    const shopper = [writer.id, 'A foreign', 'US.40150782263914570621', '+12025550143', 'foreign.example'];
    const words = [talk.id, 'foreign-secret-tag', said, 'foreign_type', 'wamid.FOREIGN'];
    const events = [event, 'orders/foreign', '#foreign-and-secret'];
    const drafted = [draft, 'foreign-order', decision, 'foreign-reason', 'foreign-check', 'foreign-intent'];
    const rules = [routing, '7654321', 'foreign-condition', 'foreign-action'];
    const answers = [...drafted, ...rules, wording, '"drafts"'];
    const secrets = [...people, ...things, ...shopper, ...words, ...events, ...answers];
    for (const route of organizationRoutes().filter(({ method }) => method === 'GET')) {
      const answer = await callAs(route, actor, own).expect(200);
      for (const secret of secrets) expect(answer.text).not.toContain(secret);
      // It shows something: an answer that is empty for everybody would prove nothing.
      expect(answer.text).toContain(own[cases[route.name]!.shows!]);
    }
  });
});

const tablesOf = [
  'members',
  'connections',
  'webhook_events',
  'contacts',
  'conversations',
  'messages',
  'organization_flags',
  'templates',
  'template_versions',
  'routing_rules',
  'drafts',
  'decisions',
].map((table) => `SELECT * FROM ${table} WHERE organization_id = $1 ORDER BY id`);
const ownTables = [
  ...tablesOf,
  'SELECT * FROM endpoints WHERE owner_id = $1 ORDER BY id',
  'SELECT * FROM organizations WHERE id = $1',
];

async function rowsOf(organizationId: string): Promise<unknown[]> {
  const results = await Promise.all(ownTables.map(async (text) => t.admin.query(text, [organizationId])));
  expect(results.filter(({ rowCount }) => rowCount === 0)).toEqual([]);
  return results.map(({ rows }) => rows);
}
