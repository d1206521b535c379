/** UDP, c-ares and raw handles are refused, whatever the rules say of the host. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltGuard } from './built.js';

let guard: BuiltGuard;
let results: Record<string, Record<string, unknown>>;
beforeAll(async () => {
  guard = new BuiltGuard();
  results = (await guard.run('sidesteps.ts')) as Record<string, Record<string, unknown>>;
});
afterAll(() => guard.remove());

it('refuses UDP: to send, to connect, to bind', () => {
  expect(results['udp']).toEqual({
    send: 'udp',
    sendWithoutCallback: 'udp',
    sendto: 'udp',
    connect: 'udp',
    bind: 'udp',
    bindSync: 'EGRESS_REFUSED',
    connectSync: 'EGRESS_REFUSED',
  });
});

describe('refuses c-ares', () => {
  it.each(['dns', 'resolver', 'promises', 'promisesModule', 'promisesResolver'])(
    '%s, every query',
    (where) => {
      const outcomes = Object.entries(results[where]!);
      expect(outcomes.length).toBeGreaterThan(12);
      expect(outcomes.filter(([, outcome]) => outcome !== 'resolver')).toEqual([]);
    },
  );

  it('imported by name, and without a callback', () => {
    expect([results['named'], results['withoutCallback']]).toEqual(['resolver', 'EGRESS_REFUSED']);
  });
});

it('leaves the system its resolver', () => {
  expect(results['lookup']).toMatchObject({ address: '127.0.0.1' });
});

it('gives out no raw handles', () => {
  expect(results['bindings']).toEqual([...Array.from({ length: 4 }, () => 'EGRESS_REFUSED'), 'done']);
});
