/** Refusals reach their listeners later, in their own context, bounded, and whatever another listener does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuiltGuard } from './built.js';

let guard: BuiltGuard;
let results: Record<string, unknown>;
beforeAll(async () => {
  guard = new BuiltGuard();
  results = (await guard.run('listeners.ts')) as Record<string, unknown>;
});
afterAll(() => guard.remove());

const told = (host: string, more: object = {}) => ({
  host,
  port: 443,
  reason: 'not-listed',
  dropped: 0,
  ...more,
});

it('tells what was refused before anybody listened', () => {
  expect(results['early']).toEqual([told('early.test', { reason: 'closed' })]);
});

it('tells later, never inside the attempt', () => {
  expect(results['duringTheAttempt']).toBe(0);
});

it('tells in the context of the attempt, so that a log line names its request', () => {
  expect(results['contexts']).toEqual([
    told('one.test', { request: 'request 1' }),
    told('two.test', { request: 'request 2' }),
  ]);
});

it('keeps a thousand, counts the rest, and tells the count with the last', () => {
  expect(results['flood']).toEqual({ told: 1000, dropped: [500] });
  expect(results['lastOfFlood']).toEqual(told('flood-999.test', { dropped: 500 }));
});

it('goes on after that, in spite of listeners that throw and reject', () => {
  expect(results['after']).toEqual([told('after.test')]);
});

it('stops when told to', () => {
  expect(results['stopped']).toEqual([]);
});
