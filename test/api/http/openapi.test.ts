/** The API's description is valid, complete and true: every route is in it, and all in it is served. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessKey, type Access } from '../../../src/auth/access.decorator.js';
import { problemCodes } from '../../../src/http/problem.js';
import { startTestApp, type TestApp } from '../../support/app.js';

type Json = Record<string, unknown>;
interface Parameter {
  name: string;
  in: string;
  example?: unknown;
  schema?: Json;
}
interface Operation {
  operationId?: string;
  summary?: string;
  security?: Json[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<
    string,
    { content?: Record<string, { schema: Json; examples?: Record<string, { value: Json }> }> }
  >;
}

let t: TestApp;
let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json };
};
beforeAll(async () => {
  t = await startTestApp();
  document = (await t.http().get('/openapi.json').expect(200)).body;
});
afterAll(() => t.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method,
      operation,
    })),
  );

interface Route {
  readonly name: string;
  readonly access: Access;
}
/** As Nest has them: every method of every controller, with what it declares. */
function routes(): Route[] {
  const controllers = [...t.app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype }) => {
    const prefix = String(Reflect.getMetadata(PATH_METADATA, metatype as object));
    const methods = Object.values(
      Object.getOwnPropertyDescriptors((metatype as { prototype: object }).prototype),
    );
    return methods.flatMap(({ value }) => {
      const verb =
        typeof value === 'function'
          ? (Reflect.getMetadata(METHOD_METADATA, value) as number | undefined)
          : undefined;
      if (verb === undefined) return [];
      const path = [prefix, String(Reflect.getMetadata(PATH_METADATA, value))]
        .join('/')
        .split('/')
        .filter(Boolean)
        .join('/');
      const name = `${RequestMethod[verb]} /${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      return { name, access: Reflect.getMetadata(accessKey, value) as Access };
    });
  });
}

/** Every property name below a part of the document, through references. */
function shapeOf(part: unknown, names: Record<string, true> = {}): Record<string, true> {
  if (typeof part !== 'object' || part === null) return names;
  for (const [key, value] of Object.entries(part)) {
    if (key === '$ref') shapeOf(document.components.schemas[String(value).split('/').at(-1)!], names);
    else if (key === 'properties') for (const name of Object.keys(value as object)) names[name] = true;
    shapeOf(value, names);
  }
  return names;
}

const given = ({ example, schema }: Parameter) => example ?? schema?.['example'];

/** The example of a schema, through references, lists and properties; a property without one is named in `missing`. */
function exampleOf(schema: Json, place: string, missing: string[]): unknown {
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].split('/').at(-1)!;
    return exampleOf(document.components.schemas[name] as Json, `${place}/${name}`, missing);
  }
  if (schema['example'] !== undefined) return schema['example'];
  if (Array.isArray(schema['allOf'])) return exampleOf(schema['allOf'][0] as Json, place, missing);
  if (schema['type'] === 'array') return [exampleOf(schema['items'] as Json, place, missing)];
  if (schema['type'] === 'object' && schema['properties']) {
    const entries = Object.entries(schema['properties'] as Record<string, Json>);
    return Object.fromEntries(
      entries.map(([key, each]) => [key, exampleOf(each, `${place}.${key}`, missing)]),
    );
  }
  missing.push(place);
  return undefined;
}

test('is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect([valid, validator.version]).toEqual([true, '3.1']);
  expect(document.openapi).toMatch(/^3\.1\./);
});

test('every v1 route that is served is described, and all that is described is served', () => {
  const served = routes().map(({ name }) => name);
  expect(served.filter((name) => name.includes(' /v1/'))).toHaveLength(33);
  const described = operations().map(({ name }) => name);
  expect(described.filter((name) => name.includes(' /v1/')).toSorted()).toEqual(
    served.filter((name) => name.includes(' /v1/')).toSorted(),
  );
  expect(described.filter((name) => !served.includes(name))).toEqual([]);
  const fastify = t.app.getHttpAdapter().getInstance();
  for (const { method, path } of operations()) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
    expect(fastify.hasRoute({ method: method.toUpperCase(), url }), url).toBe(true);
  }
});

test('every operation has an id of its own and a summary', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const silent = operations().filter(({ operation }) => !operation.summary?.trim());
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('every operation has an example of what to send and of what it answers', () => {
  const missing: string[] = [];
  for (const { name, operation } of operations()) {
    for (const parameter of operation.parameters ?? []) {
      // A cursor is made by the page before: no example of one would be taken.
      if (given(parameter) === undefined && parameter.name !== 'cursor')
        missing.push(`${name} ${parameter.name}`);
    }
    if (operation.requestBody)
      exampleOf(operation.requestBody.content['application/json']!.schema, `${name} body`, missing);
    const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    expect(good, name).toHaveLength(1);
    const [status, { content }] = good[0]!;
    // 204 says no content, and only it may.
    expect(content === undefined, name).toBe(status === '204');
    const types = Object.values(content ?? {});
    expect(types.length, name).toBeLessThanOrEqual(1);
    for (const { schema } of types) exampleOf(schema, `${name} ${status}`, missing);
  }
  expect(missing).toEqual([]);
});

test('an operation that changes something takes a body or needs none; reading takes none', () => {
  const bodied = operations()
    .filter(({ operation }) => operation.requestBody)
    .map(({ method }) => method);
  expect(bodied.filter((method) => !['post', 'put', 'patch'].includes(method))).toEqual([]);
});

/** The body that the documents show, as it can be sent. */
const bodyOf = (path: string, method: string): object =>
  exampleOf(
    document.paths[path]![method]!.requestBody!.content['application/json']!.schema,
    '',
    [],
  ) as object;

test('the example of a connection is one that is made and verified, and can be changed as the next example says', async () => {
  const { bearer } = await t.make.signedIn();
  const example = bodyOf('/v1/connections', 'post');
  const { body, text } = await t.http().post('/v1/connections').set(bearer).send(example);
  expect(body, text).toMatchObject({ status: 'verified', provider: 'shopify' });
  const change = bodyOf('/v1/connections/{id}', 'patch');
  await t.http().patch(`/v1/connections/${body.id}`).set(bearer).send(change).expect(200);
});

test('the example of a template is one that is written, and can be rewritten and approved as the next example says', async () => {
  const { bearer } = await t.make.signedIn();
  const example = bodyOf('/v1/templates', 'post');
  const { body } = await t.http().post('/v1/templates').set(bearer).send(example).expect(201);
  const change = bodyOf('/v1/templates/{id}', 'patch');
  const answer = await t.http().patch(`/v1/templates/${body.id}`).set(bearer).send(change);
  expect(answer.body, answer.text).toMatchObject({ id: body.id, ...change });
});

test('the examples of a draft’s words, of why it is rejected and of a reply are ones the API takes', async () => {
  const { bearer, organizationId } = await t.make.signedIn();
  const number = await t.make.connection(organizationId, { provider: 'whatsapp' });
  const contact = await t.make.contact(organizationId);
  const conversation = await t.make.conversation(number, contact, { inboundSeq: 1 });
  const at = `/v1/drafts/${await t.make.draft(conversation)}`;
  const edit = bodyOf('/v1/drafts/{id}', 'patch');
  expect((await t.http().patch(at).set(bearer).send(edit).expect(200)).body).toMatchObject(edit);
  const reject = bodyOf('/v1/drafts/{id}/rejection', 'post');
  const { body } = await t.http().post(`${at}/rejection`).set(bearer).send(reject).expect(200);
  expect(body).toMatchObject({ status: 'rejected', ...reject });
  const reply = bodyOf('/v1/conversations/{id}/messages', 'post');
  const said = t.http().post(`/v1/conversations/${conversation.id}/messages`).set(bearer);
  expect((await said.send(reply).expect(201)).body).toMatchObject({ status: 'ready', ...reply });
});

test('a type is a word of JSON Schema or a list of them, also of what may be null', () => {
  const words = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
  const wrong: string[] = [];
  const look = (part: unknown, place: string): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      // An example may say anything, and a property may be called so.
      if (key === 'example' || key === 'examples') continue;
      const isType = key === 'type' && !place.endsWith('/properties');
      const types: unknown[] = isType ? [value].flat() : [];
      if (types.some((type) => !words.includes(String(type)) || type === null)) wrong.push(place);
      look(value, `${place}/${key}`);
    }
  };
  look(document.components.schemas, '');
  look(document.paths, '');
  expect(wrong).toEqual([]);
});

test('what a vendor posts is described as bytes of JSON, with the proof that it must bring', () => {
  const deliveries = operations().filter(
    ({ path, method }) => path.startsWith('/webhooks/') && method === 'post',
  );
  expect(deliveries).toHaveLength(3);
  for (const { name, operation } of deliveries) {
    const proof = (operation.parameters ?? []).filter((each) => each.in === 'header');
    expect(proof, name).toHaveLength(1);
    expect(Object.keys(operation.requestBody!.content), name).toEqual(['application/json']);
    expect(Object.keys(operation.responses), name).toEqual(
      expect.arrayContaining(['200', '400', '401', '404', '413', '415', '503']),
    );
  }
});

test('no answer has a place for a secret', () => {
  const answered = JSON.stringify(
    operations()
      .filter(({ path }) => path.startsWith('/v1/connections'))
      .map(({ operation }) => Object.keys(shapeOf(operation.responses))),
  );
  for (const secret of ['accessToken', 'clientId', 'clientSecret', 'apiKey', 'secret', 'verifyToken'])
    expect(answered).not.toContain(`"${secret}"`);
  expect(answered).toContain('"hint"');
});

test('the example of a request is a request the API takes', async () => {
  const { bearer, organizationId } = await t.make.signedIn();
  const rename = document.paths['/v1/organization']!['patch']!;
  const body = exampleOf(rename.requestBody!.content['application/json']!.schema, '', []) as object;
  const { headers } = await t.http().get('/v1/organization').set(bearer);
  const inHeader = (rename.parameters ?? []).filter((each) => each.in === 'header');
  const sent = Object.fromEntries(inHeader.map((each) => [each.name, String(given(each))]));
  expect(sent['If-Match']).toBe(headers['etag']);
  const answer = await t.http().patch('/v1/organization').set(bearer).set(sent).send(body).expect(200);
  expect(answer.body).toMatchObject({ id: organizationId, ...body });
  const signIn = document.paths['/v1/sessions']!['post']!.requestBody!.content['application/json']!.schema;
  await t
    .http()
    .post('/v1/sessions')
    .send(exampleOf(signIn, '', []) as object)
    .expect(401);
});

test('every operation of an organization asks for the token and documents 401 and 403; public ones ask for none', () => {
  const declared = new Map(routes().map(({ name, access }) => [name, access.kind]));
  for (const { name, operation } of operations()) {
    const guarded = declared.get(name) === 'organization';
    expect(operation.security ?? [], name).toEqual(guarded ? [{ bearer: [] }] : []);
    if (!guarded) continue;
    const codes = ['401', '403'].map((status) =>
      Object.keys(operation.responses[status]?.content?.['application/problem+json']?.examples ?? {}),
    );
    expect(codes[0], name).toEqual(
      expect.arrayContaining(['unauthenticated', 'session-ended', 'token-stale']),
    );
    expect(codes[1], name).toEqual(
      expect.arrayContaining(['forbidden', 'membership-ended', 'organization-suspended']),
    );
  }
});

test('every documented problem is of the closed list, under its own status, and an example of itself', () => {
  for (const { name, operation } of operations()) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      for (const [code, { value }] of Object.entries(content?.['application/problem+json']?.examples ?? {})) {
        expect(problemCodes, name).toContain(code);
        expect(value, name).toMatchObject({
          code,
          status: Number(status),
          type: `urn:bulkhead:problem:${code}`,
        });
      }
    }
  }
});

test('the page to try it at is served, from here alone', async () => {
  const { text, headers } = await t.http().get('/docs').expect(200);
  expect(headers['content-type']).toMatch(/^text\/html/);
  expect(text).toContain('swagger-ui');
  expect(text).not.toMatch(/(src|href)="https?:/);
});
