import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MembersService } from '../../src/organizations/members.service.js';
import { startWatchedApp, type WatchedApp } from './watched-app.js';

let t: WatchedApp;
beforeAll(async () => {
  t = await startWatchedApp({ COST_CENTER: 'cc-7' });
});
afterAll(() => t.close());

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Sent, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly Sent[] }[];
  }[];
}

const batches = () =>
  t.received.filter(({ path }) => path === '/v1/traces').map(({ text }) => JSON.parse(text) as Batch);
const valuesOf = ({ attributes }: Pick<Sent, 'attributes'>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('a request is a span with its route, its statements are its children, and the caller chooses no trace', async () => {
  const actor = await t.make.signedIn();
  await t
    .http()
    .get('/v1/members?limit=7')
    .set({
      ...actor.bearer,
      'x-request-id': 'traced-1',
      traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
    })
    .expect(200);
  await t.http().get(`/v1/members/${actor.id}/never?who=mara`).expect(404);
  vi.spyOn(t.app.get(MembersService), 'list').mockImplementationOnce(async () => {
    const answer = await fetch(`${t.settings.tracesUrl}/mara?who=mara`, {
      headers: { 'user-agent': 'mara' },
    });
    await answer.text();
    throw new Error('mara');
  });
  await t.http().get('/v1/members').set(actor.bearer).expect(500);
  expect(t.received.some(({ path }) => path === '/mara?who=mara')).toBe(true);
  await t.stop();

  const all = batches().flatMap(({ resourceSpans }) => resourceSpans);
  expect(valuesOf(all[0]!.resource)).toMatchObject({
    'service.name': 'bulkhead',
    'deployment.environment.name': 'local',
    owner: 'support',
    'cost-center': 'cc-7',
  });
  const spans = all.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const listed = spans.find(({ name }) => name === 'GET /v1/members')!;
  expect(valuesOf(listed)).toEqual({
    'http.request.method': 'GET',
    'http.route': '/v1/members',
    'http.response.status_code': 200,
    'bulkhead.request.id': 'traced-1',
    'bulkhead.organization.id': actor.organizationId,
    'bulkhead.actor.id': actor.userId,
  });
  expect(listed.traceId).not.toContain('abab');
  const statements = spans.filter(({ parentSpanId }) => parentSpanId === listed.spanId).map(valuesOf);
  const texts = statements.map((statement) => String(statement['db.query.text']));
  expect(texts.some((text) => text.includes('SELECT auth_assert($1, $2, $3, $4)'))).toBe(true);
  expect(texts.some((text) => /FROM "members"/.test(text))).toBe(true);
  const asked = spans.map(valuesOf).filter((span) => 'server.address' in span && !('db.system.name' in span));
  expect(asked).toEqual([
    {
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(t.settings.tracesUrl!).port),
    },
  ]);
  expect(spans.find(({ name }) => name === 'GET unmatched')).toBeDefined();
  expect(JSON.stringify(all)).not.toMatch(/mara|limit=7|url\.|user_agent/);
});

test('without an endpoint nothing of it is loaded: one place imports it, when it is asked', () => {
  const root = join(import.meta.dirname, '../../src');
  const files = globSync('**/*.ts', { cwd: root }).map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }));
  const importing = (pattern: RegExp) =>
    files.filter(({ text }) => pattern.test(text)).map(({ file }) => file).toSorted(); // prettier-ignore
  const loaded = ['logging/span-context.ts', 'logging/span-facts.ts', 'logging/traces.ts'];
  expect(importing(/from '@opentelemetry/)).toEqual(loaded);
  expect(
    importing(/^import (?!type).*logging\/(traces|span-)|^import (?!type).*'\.\/(traces|span-)/m),
  ).toEqual(['logging/traces.ts']);
  expect(importing(/import\('[^']*(traces|opentelemetry)[^']*'\)/)).toEqual(['app.ts']);
});
