/** Runs the table in one world, each library against a listener of its own, and answers what came of every cell. */
import { libraryNames, runs, spellings, worlds, type LibraryName, type World } from '../table.cases.ts';
import { answer, Listener, openEgress, outcomeOf } from './guard.ts';
import { libraries } from './libraries.ts';

const rules = worlds[process.argv[2] as World];
if (rules) openEgress(rules);

async function column(name: LibraryName): Promise<Record<string, string>> {
  const listener = new Listener();
  const port = await listener.listen('127.0.0.1', '127.0.0.9', '::1');
  const results: Record<string, string> = {};
  for (const spelling of spellings.filter((each) => runs(name, each))) {
    const before = listener.connections;
    const outcome = await outcomeOf(libraries[name](spelling.host, port));
    results[spelling.host] = listener.connections > before ? 'reached' : outcome;
  }
  return results;
}

const columns = libraryNames.map(async (name) => [name, await column(name)] as const);
answer(Object.fromEntries(await Promise.all(columns)));
