/** The routes by which a person sees what mocks accepted and makes them fail; where the policy does not allow it, there are none. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/app.js';
import { policies } from '../../../src/environment/policy.js';
import { EmailProvider } from '../../../src/providers/messaging/email.provider.js';
import { mintPermit } from '../../../src/providers/messaging/mint-permit.js';
import { WhatsAppProvider } from '../../../src/providers/messaging/whatsapp.provider.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem, expectIndistinguishable, placesOf } from '../answers.js';

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-mocks-'));
let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ MOCKS_DIR: folder });
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const path of ['/mocks/outbox', '/mocks/faults']) await t.http().delete(path).expect(204);
});

const message = () => ({
  id: randomUUID(),
  organizationId: randomUUID(),
  from: '100000000000001',
  to: { phone: '+447700900123' },
  text: 'Hello',
});
const send = async () => {
  const one = message();
  const permit = mintPermit(one, 'conversation');
  const { outcome } = await t.app
    .get(WhatsAppProvider)
    .send({ accessToken: 'EAAmock100000000000001' }, one, permit);
  return { message: one, outcome };
};
const fault = { vendor: 'whatsapp', operation: 'send', fault: 'throttled', calls: 1 };
const put = (body: object) => t.http().put('/mocks/faults').send(body);

describe('/mocks/outbox', () => {
  test('shows what was accepted, the oldest first, until it is emptied', async () => {
    expect((await t.http().get('/mocks/outbox').expect(200)).body).toEqual({ data: [] });
    const first = await send();
    const mail = {
      id: randomUUID(),
      from: 'a@example.com',
      to: ['b@example.com'],
      cc: [],
      bcc: [],
      subject: 'Hi',
      text: 'Hi',
    };
    await t.app.get(EmailProvider).send(mail, mintPermit(mail, 'system'));
    const { body } = await t.http().get('/mocks/outbox').expect(200);
    const acceptedAt = expect.stringMatching(/Z$/) as string;
    const { kind: _, ...vendorMessageId } = first.outcome as { kind: string; vendorMessageId: string };
    expect(body).toEqual({
      data: [
        { vendor: 'whatsapp', ...vendorMessageId, acceptedAt, message: first.message },
        { vendor: 'email', vendorMessageId: expect.any(String), acceptedAt, message: mail },
      ],
    });
    await t.http().delete('/mocks/outbox').expect(204);
    expect((await t.http().get('/mocks/outbox')).body).toEqual({ data: [] });
  });

  test('is the same for every process of the folder', async () => {
    const another = await t.another({ MOCKS_DIR: folder });
    const { message: one } = await send();
    expect((await another().get('/mocks/outbox').expect(200)).body.data).toMatchObject([{ message: one }]);
  });
});

describe('/mocks/faults', () => {
  test('are planned, met, shown and cleared', async () => {
    const planned = { faults: [{ ...fault, calls: 2 }] };
    expect((await put(planned).expect(200)).body).toEqual(planned);
    expect((await send()).outcome).toMatchObject({ kind: 'not-accepted', reason: 'throttled' });
    expect((await t.http().get('/mocks/faults').expect(200)).body).toEqual({ faults: [fault] });
    await t.http().delete('/mocks/faults').expect(204);
    expect((await t.http().get('/mocks/faults')).body).toEqual({ faults: [] });
    expect((await send()).outcome).toMatchObject({ kind: 'accepted' });
  });

  const wrong: readonly (readonly [place: string, body: object])[] = [
    ['/faults', {}],
    ['/faults', { faults: 'all' }],
    ['/faults/0/vendor', { faults: [{ ...fault, vendor: 'telegram' }] }],
    ['/faults/0/operation', { faults: [{ ...fault, operation: 'delete' }] }],
    ['/faults/1/operation', { faults: [fault, { ...fault, operation: 'findOrders' }] }],
    ['/faults/0/fault', { faults: [{ ...fault, fault: 'explode' }] }],
    ['/faults/0/calls', { faults: [{ ...fault, calls: 0 }] }],
    ['/faults/0/calls', { faults: [{ ...fault, calls: 1001 }] }],
    ['/faults/0/calls', { faults: [{ ...fault, calls: 1.5 }] }],
    ['/faults/0/more', { faults: [{ ...fault, more: 1 }] }],
    ['/faults', { faults: Array.from({ length: 101 }, () => fault) }],
  ];
  test.each(wrong)('refuses %s, and keeps what was planned', async (place, body) => {
    await put({ faults: [fault] }).expect(200);
    expect(placesOf(await put(body))).toEqual([place]);
    expect((await t.http().get('/mocks/faults')).body).toEqual({ faults: [fault] });
  });
});

describe('where the policy has no mock controls', () => {
  let closed: NestFastifyApplication;
  beforeAll(async () => {
    const settings = t.database.settings({ MOCKS_DIR: folder });
    closed = await createApp({ ...settings, policy: { ...settings.policy, mockControls: false } });
  });
  afterAll(() => closed.close());

  const routes = [
    ['get', '/mocks/outbox'],
    ['delete', '/mocks/outbox'],
    ['get', '/mocks/faults'],
    ['put', '/mocks/faults'],
    ['delete', '/mocks/faults'],
  ] as const;
  test.each(routes)('%s %s is answered like a route that does not exist', async (method, path) => {
    await put({ faults: [fault] }).expect(200);
    const ask = (to: string) => {
      const call = request(closed.getHttpServer())[method](to);
      return method === 'put' ? call.send({ faults: 'nonsense' }) : call;
    };
    const answers = [await ask(path), await ask('/mocks/nothing-here')];
    for (const answer of answers) expectBareProblem(answer, 'not-found');
    expectIndistinguishable(answers);
    expect((await t.http().get('/mocks/faults')).body).toEqual({ faults: [fault] });
  });

  test('is everywhere but in local', () => {
    const open = Object.entries(policies).filter(([, { mockControls }]) => mockControls);
    expect(open.map(([name]) => name)).toEqual(['local']);
  });
});
