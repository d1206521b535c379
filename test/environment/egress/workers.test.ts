/** A worker thread reaches nothing, however it is started and whatever its process may reach. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuiltGuard } from './built.js';

let guard: BuiltGuard;
let results: Record<string, unknown>;
beforeAll(async () => {
  guard = new BuiltGuard();
  results = (await guard.run('workers.ts')) as Record<string, unknown>;
});
afterAll(() => guard.remove());

it.each([
  'text',
  'withoutOptions',
  'withOptions',
  'withoutEnvironment',
  'sharedEnvironment',
  'module',
  'ofTheModule',
  'constructors',
  'preloaded',
])('%s: refused', (name) => {
  expect(results[name]).toBe('EGRESS_REFUSED');
});

it('leaves a subclass what it is', () => {
  expect(results['subclass']).toEqual([true, true, 'EGRESS_REFUSED']);
});

it('is not opened from inside', () => {
  expect(results['opening']).toBe('a worker thread cannot open egress');
});

it('let no connection arrive', () => {
  expect(results['connections']).toBe(0);
});
