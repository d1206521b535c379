import { expect, test } from 'vitest';
import { sha256 } from '../../../src/webhooks/split/fact-key.js';
import { changed, messages, only, phone, type Json } from './deliveries.js';

const metadata = phone('106540352242922');
const contact = { profile: { name: 'Sheena' }, wa_id: '16505551234' };
const message = (more: Json = {}): Json => ({
  from: '16505551234',
  id: 'wamid.HBgLMTY1=',
  timestamp: '1749416383',
  type: 'text',
  ...more,
});
const written = (more: Json = {}) =>
  only(changed(messages({ contacts: [contact], messages: [message(more)] })));
const status = (more: Json = {}): Json => ({
  id: 'wamid.HBgLMTY1=',
  status: 'delivered',
  timestamp: '1698266945',
  recipient_id: '16505551234',
  ...more,
});
const reported = (more: Json = {}) =>
  only(changed(messages({ contacts: [contact], statuses: [status(more)] })));

const types =
  'text image video audio document sticker location contacts reaction button order system unsupported edit';
test.each(types.split(' '))('a message of type %s', (type) => {
  expect(written({ type, [type]: { body: 'x' } })).toEqual({
    account: '106540352242922',
    type: `message.${type}`,
    key: 'message:wamid.HBgLMTY1=',
    eventKey: undefined,
    occurredAt: new Date('2025-06-08T20:59:43Z'),
    payload: { metadata, contact, message: message({ type, [type]: { body: 'x' } }) },
  });
});

test.each(['button_reply', 'list_reply', 'nfm_reply', 'call_permission_reply'])(
  'an interactive %s',
  (type) => {
    expect(written({ type: 'interactive', interactive: { type } }).type).toBe(`message.interactive.${type}`);
  },
);

test('a type we cannot read is unknown, and its message kept', () => {
  for (const type of [undefined, null, 5, {}, '']) expect(written({ type }).type).toBe('message.unknown');
  for (const interactive of [undefined, null, [], 'x', { type: 1 }]) {
    expect(written({ type: 'interactive', interactive }).type).toBe('message.interactive.unknown');
  }
  expect(written({ type: 'a b\u0000' }).type).toBe('message.a?b?');
  const long = written({ type: 'interactive', interactive: { type: 'x'.repeat(5_000) } });
  expect(long.type).toBe(`message.interactive.${'x'.repeat(100)}`);
});

test.each(['sent', 'delivered', 'read', 'played', 'failed', 'deleted'])('a status %s', (word) => {
  expect(reported({ status: word, errors: [{ code: 130472 }] })).toEqual({
    account: '106540352242922',
    type: `status.${word}`,
    key: `status:wamid.HBgLMTY1=:${word}:16505551234`,
    eventKey: undefined,
    occurredAt: new Date('2023-10-25T20:49:05Z'),
    payload: { metadata, contact, status: status({ status: word, errors: [{ code: 130472 }] }) },
  });
});

test('a status has its recipients in its key: none, one, or in a group each participant', () => {
  const key = (more: Json) => reported(more).key;
  const read = 'status:wamid.HBgLMTY1=:delivered';
  expect(key({ recipient_id: undefined })).toBe(read);
  const group = { recipient_id: 'Y2FwaV9ncm91cDox', recipient_type: 'group' };
  expect(key({ ...group, recipient_participant_id: '1650' })).toBe(`${read}:Y2FwaV9ncm91cDox:1650`);
  expect(key({ ...group, recipient_participant_user_id: 'US.13' })).toBe(`${read}:Y2FwaV9ncm91cDox:US.13`);
  expect(key({ id: 'x'.repeat(300) })).toMatch(/^sha256:/);
});

test('an error of the account is one fact, told from others by its slice', () => {
  const error = { code: 131000, title: 'Something went wrong' };
  const change = messages({ errors: [error, { code: 1 }] });
  const [first, second] = changed(change);
  expect(first).toMatchObject({ account: '106540352242922', type: 'error', occurredAt: undefined });
  expect(first?.payload).toEqual({ entryId: '419561257915477', metadata, error });
  expect(first?.key).toBe(`error:sha256:${sha256(JSON.stringify(first?.payload))}`);
  expect(second?.key).not.toBe(first?.key);
  expect(changed(change)[0]?.key).toBe(first?.key);
});

test('what has no id has a key of its slice', () => {
  for (const id of [undefined, null, '', {}, 1.5]) {
    const payload = { metadata, contact, message: message({ id }) };
    expect(written({ id }).key).toBe(`message:sha256:${sha256(JSON.stringify(payload))}`);
    expect(reported({ id }).key).toMatch(/^status:sha256:/);
    expect(reported({ status: id }).key).toMatch(/^status:sha256:/);
  }
});

test('times are whole seconds since 1970, as a string or a number', () => {
  expect(written({ timestamp: 1749416383 }).occurredAt).toEqual(new Date('2025-06-08T20:59:43Z'));
  for (const timestamp of [
    undefined,
    null,
    '',
    '-1',
    '1e9',
    'soon',
    1.5,
    {},
    '1749416383000',
    '9'.repeat(20),
  ]) {
    expect(written({ timestamp }).occurredAt).toBeUndefined();
  }
});
