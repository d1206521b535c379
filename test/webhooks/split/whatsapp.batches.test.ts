import { expect, test } from 'vitest';
import { sha256 } from '../../../src/webhooks/split/fact-key.js';
import { batch, changed, messages, only, phone, whatsapp, type Json } from './deliveries.js';

const text = (id: string): Json => ({ id, from: '1', type: 'text', timestamp: '1749416383' });
const forNumber = (number: unknown, value: Json) => messages({ metadata: phone(number), ...value });

test('a batch of entries, changes and phone numbers is split in the order it came, each fact with its number', () => {
  const facts = whatsapp(
    batch(
      {
        id: '1',
        changes: [
          forNumber('100', { messages: [text('a'), text('b')], statuses: [{ id: 'c', status: 'read' }] }),
          { field: 'account_update', value: { event: 'VERIFIED_ACCOUNT' } },
        ],
      },
      {
        id: '2',
        changes: [forNumber('200', { messages: [text('d')] }), forNumber('300', { errors: [{ code: 1 }] })],
      },
    ),
  );
  expect(facts.map(({ account, type }) => [account, type])).toEqual([
    ['100', 'message.text'],
    ['100', 'message.text'],
    ['100', 'status.read'],
    [undefined, 'change.account_update'],
    ['200', 'message.text'],
    ['300', 'error'],
  ]);
  expect(facts.map(({ key }) => key.slice(0, 9))).toEqual([
    'message:a',
    'message:b',
    'status:c:',
    'change:sh',
    'message:d',
    'error:sha',
  ]);
  expect(facts[4]?.payload).toEqual({ metadata: phone('200'), message: text('d') });
});

test('a phone number may be a number, of any length; without one nobody can claim the fact', () => {
  const account = (json: string) =>
    only(
      whatsapp(
        `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":${json}},"messages":[{"id":"a","type":"text"}]}}]}]}`,
      ),
    );
  expect(account('106540352242922').account).toBe('106540352242922');
  expect(account('820982911946154508123').account).toBe('820982911946154508123');
  for (const wrong of ['null', '""', '{}', '1.5', '"a\\u0000"', `"${'1'.repeat(256)}"`]) {
    expect(account(wrong)).toMatchObject({
      account: undefined,
      problem: 'account-unknown',
      type: 'message.text',
    });
  }
});

test('a field we do not take apart is one fact per change, with the number its metadata names', () => {
  const change = { field: 'calls', value: { metadata: phone('100'), calls: [{ id: 'x' }] } };
  const fact = only(changed(change));
  const payload = { entryId: '419561257915477', change };
  expect(fact).toMatchObject({ account: '100', type: 'change.calls', occurredAt: undefined, payload });
  expect(fact.key).toBe(`change:sha256:${sha256(JSON.stringify(payload))}`);
  expect(
    only(changed({ field: 'message_template_status_update', value: { event: 'APPROVED' } })),
  ).toMatchObject({
    account: undefined,
    problem: 'account-unknown',
    type: 'change.message_template_status_update',
  });
  for (const field of [undefined, null, 5, '', {}])
    expect(only(changed({ field })).type).toBe('change.unknown');
});

test('the same change at another time is another fact, the same at the same time is not', () => {
  const at = (time: unknown) =>
    only(whatsapp(batch({ id: '1', time, changes: [{ field: 'account_update', value: { event: 'X' } }] })));
  expect(at(1739321024)).toMatchObject({
    occurredAt: new Date('2025-02-12T00:43:44Z'),
    payload: { time: 1739321024 },
  });
  expect(at(1739321024).key).toBe(at(1739321024).key);
  expect(at(1739321024).key).not.toBe(at(1739321025).key);
  for (const time of [undefined, null, 'soon', 'x'.repeat(100_000), {}]) {
    expect(at(time).payload).toEqual({ entryId: '1', change: expect.anything() });
  }
});

test('what else a change of messages holds is one fact more, of that alone', () => {
  const facts = changed(
    messages({ contacts: [{ wa_id: '1' }], messages: [text('a')], groups: [{ id: 'g' }], flag: true }),
  );
  expect(facts.map(({ type }) => type)).toEqual(['message.text', 'messages.unknown']);
  expect(facts[1]).toMatchObject({
    account: '106540352242922',
    key: expect.stringMatching(/^change:sha256:/),
  });
  expect(facts[1]?.payload).toEqual({
    entryId: '419561257915477',
    change: { field: 'messages', value: { metadata: phone('106540352242922'), groups: [{ id: 'g' }] } },
  });
  const odd = changed(
    messages({ messages: [text('a')], statuses: 'read', errors: { code: 1 }, contacts: null }),
  );
  expect(odd[1]?.payload).toHaveProperty('change.value', {
    metadata: phone('106540352242922'),
    statuses: 'read',
    errors: { code: 1 },
  });
});

test('a change of messages without any is kept whole', () => {
  const contacts = [{ wa_id: '1' }];
  for (const value of [
    { contacts },
    { contacts, messages: [] },
    { messages: {} },
    { messages: 'x' },
    { groups: [1] },
  ]) {
    const change = messages(value);
    expect(only(changed(change))).toMatchObject({ type: 'messages.unknown', account: '106540352242922' });
    expect(only(changed(change)).payload).toEqual({ entryId: '419561257915477', change });
  }
});

test('what is no batch, or an empty one, is kept as unknown', () => {
  const bodies: unknown[] = [
    {},
    { object: 'page', entry: [{ changes: [messages({ messages: [text('a')] })] }] },
  ];
  for (const entry of [undefined, null, [], {}, 'x'])
    bodies.push({ object: 'whatsapp_business_account', entry });
  for (const body of bodies) {
    const fact = only(whatsapp(body));
    expect(fact).toMatchObject({ type: 'whatsapp.unknown', problem: 'account-unknown', account: undefined });
    expect(JSON.stringify(fact.payload)).toBe(JSON.stringify(body));
  }
  for (const entry of [null, 5, 'x', [], {}, { changes: [] }, { changes: {} }]) {
    expect(only(whatsapp(batch(entry)))).toMatchObject({ type: 'whatsapp.unknown', payload: { entry } });
  }
});
