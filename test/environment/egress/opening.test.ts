/** Closed until the settings open it, once; nothing that runs later widens it or takes it away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEgressGuarded, openEgress } from '../../../src/environment/egress.guard.js';
import { BuiltGuard } from './built.js';

interface Results {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
  readonly locks: readonly (readonly unknown[])[];
}

let guard: BuiltGuard;
let results: Results;
beforeAll(async () => {
  guard = new BuiltGuard();
  results = (await guard.run('opening.ts')) as Results;
});
afterAll(() => guard.remove());

it('refuses to open where the guard is not loaded', () => {
  expect(isEgressGuarded()).toBe(false);
  expect(() => openEgress({ loopback: true, hosts: [] })).toThrow('the egress guard is not loaded');
});

describe('before the settings', () => {
  it('refuses this machine, too, and not its Unix sockets', () => {
    expect(results.before).toMatchObject({ guarded: true, tcp: 'closed', path: 'done' });
  });

  it('stays closed when a setting cannot be read', () => {
    expect(results.before['misspelt']).toContain('TypeError: "http://api.allowed.test" is not');
    expect(results.before['tcpAfterMisspelt']).toBe('closed');
  });
});

describe('after', () => {
  it('admits what the settings say, and not what is added to them', () => {
    expect(results.after).toMatchObject({ tcp: 'done', read: 'here', changedLater: 'loopback-address' });
  });

  it('is not opened again, nor loaded again', () => {
    expect(results.after['again']).toBe('Error: egress is open already, and is never opened wider');
    expect(results.after['reloaded']).toContain('Cannot redefine property: connect');
  });

  it('refuses as a connection fails: later, with an error, and closes', () => {
    expect(results.after['asAnError']).toEqual([
      'returned',
      true,
      'EgressRefusedError',
      'connection refused: api.unlisted.test:443: the host is not listed',
      true,
    ]);
  });

  it('is not misled by a path beside the host, or by options that answer twice or inherit', () => {
    expect(results.after).toMatchObject({
      besidePath: 'not-a-host',
      twoFaced: 'read 1',
      inherited: 'loopback-address',
    });
  });

  it("leaves Node's own checks to Node", () => {
    expect(results.after['badPort']).toContain('RangeError');
    expect(results.after['noPort']).toContain('must be specified');
  });
});

it('cannot be assigned, defined or deleted away', () => {
  expect(results.locks).toHaveLength(10);
  for (const [assigned, defined, deleted, replaced] of results.locks) {
    expect(assigned).toMatch(/Cannot assign to read only property/);
    expect(defined).toMatch(/Cannot redefine property/);
    expect([deleted, replaced]).toEqual(['nothing thrown', false]);
  }
});
