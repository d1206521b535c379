/** A name is resolved once, by the guard, and every address of the answer counts: no second answer leads elsewhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuiltGuard } from './built.js';

let guard: BuiltGuard;
let results: Record<string, unknown>;
beforeAll(async () => {
  guard = new BuiltGuard();
  results = (await guard.run('answers.ts')) as Record<string, unknown>;
});
afterAll(() => guard.remove());

it.each([
  ['asksOncePerConnection', ['done', 1], 'between the check and the connection nobody asks again'],
  ['rebinds', ['done', 'loopback-address'], 'a good answer, and another when asked again'],
  ['mixed', 'metadata-address', 'one bad address refuses the name'],
  ['two', 'done', 'Node still tries one admitted address after the other'],
  ['alone', 'done', 'and takes one where it is told to'],
  ['family', 'done', 'of the family it is told to'],
  ['unknown', 'ENOTFOUND', 'a name that does not resolve fails as ever'],
  ['away', 'not-listed', 'a redirect is a connection of its own'],
  ['inside', 'metadata-address', 'to the inside, too'],
  ['callersLookup', 'not-listed', 'a caller cannot resolve a name that is not listed'],
  ['callersAnswer', 'metadata-address', 'nor answer in place of the system'],
] as [string, unknown, string][])('%s: %j, as %s', (name, expected) => {
  expect(results[name]).toEqual(expected);
});
