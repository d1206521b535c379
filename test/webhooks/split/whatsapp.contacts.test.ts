/** A fact carries the name and number of the one person it is about, and of nobody else. */
import { expect, test } from 'vitest';
import { changed, messages, type Json } from './deliveries.js';

const person = (name: string, ids: Json): Json => ({ profile: { name }, ...ids });
const ann = person('Ann', { wa_id: '1', user_id: 'US.11', parent_user_id: 'US.ENT.11' });
const bob = person('Bob', { wa_id: '2', user_id: 'US.22' });
const cem = person('Cem', { user_id: 'US.33' });
const dee = person('Dee', { wa_id: '4' });
const all = [ann, bob, cem, dee];

const namesOf = (value: Json) =>
  changed(messages(value)).map(({ payload }) =>
    'contact' in payload ? (payload.contact as { profile: Json }).profile['name'] : undefined,
  );
const written = (contacts: unknown, ...from: Json[]) => namesOf({ contacts, messages: from });
const reported = (contacts: unknown, ...to: Json[]) => namesOf({ contacts, statuses: to });

test('each writer of a batch is found by user id, else by phone number', () => {
  const from = [
    { from: '2' },
    { from_user_id: 'US.33' },
    { from: '1', from_user_id: 'US.11' },
    { from: '4' },
  ];
  expect(written(all, ...from)).toEqual(['Bob', 'Cem', 'Ann', 'Dee']);
  expect(written(all.toReversed(), ...from)).toEqual(['Bob', 'Cem', 'Ann', 'Dee']);
});

test('each recipient is found as well, in a group the participant', () => {
  expect(reported(all, { recipient_id: '2' }, { recipient_user_id: 'US.33' })).toEqual(['Bob', 'Cem']);
  const group = { recipient_id: '1', recipient_user_id: 'US.11', recipient_type: 'group' };
  expect(reported(all, { ...group, recipient_participant_id: '4', recipient_user_id: undefined })).toEqual([
    'Dee',
  ]);
  expect(reported(all, { ...group, recipient_participant_user_id: 'US.33' })).toEqual(['Cem']);
  expect(reported(all, { recipient_user_id: 'US.ENT.11' })).toEqual(['Ann']);
});

test('the user id decides where a phone number has changed hands', () => {
  expect(written(all, { from: '2', from_user_id: 'US.11' })).toEqual(['Ann']);
  expect(written(all, { from: '2', from_user_id: 'US.99' })).toEqual([undefined]);
  expect(written([bob], { from: '2', from_user_id: 'US.99' })).toEqual([undefined]);
  expect(written([dee], { from: '4', from_user_id: 'US.99' })).toEqual(['Dee']);
});

test('one contact beside one message is the writer, although the numbers are written differently', () => {
  expect(written([dee], { from: '5215551234' })).toEqual(['Dee']);
  expect(written([bob], { from: '999' })).toEqual(['Bob']);
  expect(written([bob], {})).toEqual(['Bob']);
  expect(reported([bob], {})).toEqual(['Bob']);
});

test('a stranger in a batch is nobody: one contact for two, or two for one', () => {
  expect(written([bob], { from: '2' }, { from: '3' })).toEqual(['Bob', undefined]);
  expect(written([bob, dee], { from: '3' })).toEqual([undefined]);
  expect(written([bob, null], { from: '3' })).toEqual([undefined]);
  expect(namesOf({ contacts: [bob], messages: [{ from: '3' }], statuses: [{ recipient_id: '2' }] })).toEqual([
    undefined,
    'Bob',
  ]);
  expect(written(all, {}, { from: null }, { from: '' }, { from: {} })).toEqual(Array(4).fill(undefined));
});

test('contacts that are none give nobody a name', () => {
  for (const contacts of [
    undefined,
    [],
    [null],
    [5, 'x', []],
    [{}, {}],
    [{ wa_id: null }, { wa_id: null }],
  ]) {
    expect(written(contacts, { from: null })).toEqual([undefined]);
    expect(written(contacts, { from: '1' })).toEqual([undefined]);
  }
});

test('numbers and digits are the same id', () => {
  expect(written([ann, person('Eve', { wa_id: 5 })], { from: '5' })).toEqual(['Eve']);
  expect(written([ann, bob], { from: 2 })).toEqual(['Bob']);
});
