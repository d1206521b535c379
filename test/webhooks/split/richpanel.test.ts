import { expect, test } from 'vitest';
import { delivery, richpanel } from './deliveries.js';

const sent = { event: 'ticket.updated', workspace: 'lamps', ticketId: '<CA+x@mail.example.com>' };

test('our documented template is one fact, with a key of its own per delivery', () => {
  expect(richpanel(sent)).toEqual({
    account: 'lamps',
    type: 'ticket.updated',
    key: `delivery:${delivery('richpanel', sent).id}`,
    eventKey: undefined,
    occurredAt: undefined,
    payload: sent,
  });
});

test('the ticket may be an object, its id a number, and more may be sent', () => {
  const more = { workspace: 7, ticket: { id: 5, status: 'OPEN' }, extra: [1] };
  expect(richpanel(more)).toMatchObject({
    account: '7',
    type: 'ticket.updated',
    payload: { ...more, ticketId: '5' },
  });
  const long = richpanel('{"workspace":"lamps","event":"ticket.created","ticketId":820982911946154508123}');
  expect(long).toMatchObject({ type: 'ticket.created', payload: { ticketId: '820982911946154508123' } });
});

test('without a workspace nobody can claim it', () => {
  for (const workspace of [undefined, '', null, {}, 'a\nb', 'x'.repeat(256)]) {
    expect(richpanel({ ...sent, workspace })).toMatchObject({
      account: undefined,
      problem: 'account-unknown',
    });
  }
});

test('the event is stored as visible ASCII', () => {
  expect(richpanel({ ...sent, event: 'ticket closed\u0000' }).type).toBe('ticket?closed?');
  for (const event of [undefined, '', null, 5, {}])
    expect(richpanel({ ...sent, event }).type).toBe('ticket.updated');
});

test('a template broken by what it was filled with is kept as unreadable', () => {
  const broken = '{"event":"ticket.updated","workspace":"lamps","ticketId":"a"b"}';
  expect(richpanel(broken)).toMatchObject({
    type: 'richpanel.unreadable',
    problem: 'unreadable',
    payload: {},
  });
});

test('without a ticket there is nothing to read again', () => {
  for (const ticketId of [undefined, '', null, {}, 1.5]) {
    expect(richpanel({ ...sent, ticketId })).toMatchObject({ account: 'lamps', problem: 'unreadable' });
  }
});
