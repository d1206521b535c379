/** Every library that the application has, with every spelling of a host, in every world: does the guard hold (S4.3)? */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltGuard } from './built.js';
import { libraryNames, runs, spellings, worlds, type World } from './table.cases.js';

let guard: BuiltGuard;
beforeAll(() => {
  guard = new BuiltGuard();
});
afterAll(() => guard.remove());

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

function expected(world: World): Record<string, Record<string, string>> {
  return Object.fromEntries(
    libraryNames.map((library) => [
      library,
      Object.fromEntries(
        spellings
          .filter((spelling) => runs(library, spelling))
          .map((spelling) => [spelling.host, world === 'closed' ? 'closed' : spelling[world]]),
      ),
    ]),
  );
}

/** Without IPv6 here, an admitted `::1` has nowhere to arrive. */
function settled(cells: Record<string, Record<string, string>>): Record<string, Record<string, string>> {
  if (hasIpv6) return cells;
  const needless = new Set(spellings.filter(({ ipv6 }) => ipv6).map(({ host }) => host));
  const kept = (column: Record<string, string>) =>
    Object.fromEntries(Object.entries(column).filter(([host]) => !needless.has(host)));
  return Object.fromEntries(Object.entries(cells).map(([library, column]) => [library, kept(column)]));
}

const size = Object.values(expected('closed')).reduce((sum, column) => sum + Object.keys(column).length, 0);

describe(`${libraryNames.length} libraries, ${spellings.length} spellings: ${size} connections in each of ${Object.keys(worlds).length} worlds`, () => {
  it.each(Object.keys(worlds) as World[])('%s: each ends as the table says', async (world) => {
    const results = (await guard.run('table.ts', world)) as Record<string, Record<string, string>>;
    expect(settled(results)).toEqual(settled(expected(world)));
  });

  it('tells each spelling once', () => {
    const hosts = spellings.map(({ host }) => host);
    expect(hosts.filter((host, i) => hosts.indexOf(host) !== i)).toEqual([]);
  });
});
