/**
 * `npm run demo`: six things that happen to a shop, played against the running code on a database of its own. `--json` prints
 * the same as data. Ends with 0 when each ended as it should, 1 when one did not, 2 when called wrongly, 69 when it could not start.
 */
import { parseArgs } from 'node:util';
import { cases, type Case } from './cases.ts';
import { Shop } from './shop.ts';
import type { Step } from './steps.ts';
import { startWorld } from './world.ts';

const usage = 'npm run demo [-- --json]';

async function main(): Promise<number> {
  let json: boolean;
  try {
    json = parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const say = json ? () => undefined : (line: string) => console.log(line);
  let world;
  try {
    world = await startWorld((line) => console.error(`${line}…`));
  } catch (error) {
    console.error('The demo cannot start:', error);
    return 69;
  }
  try {
    say(`\nBulkhead on Postgres ${world.postgres}, every vendor a mock; Olivia of Volt Motors is signed in.`);
    const shop = await Shop.signIn(world);
    const endings = [];
    for (const each of cases) {
      const ending = await play(each, async () => each.play(world, shop));
      endings.push({ case: each.name, title: each.title, ...ending });
      say(told(each.title, ending));
    }
    const wrong = endings.filter(({ right }) => !right);
    if (json) console.log(JSON.stringify({ postgres: world.postgres, cases: endings }, undefined, 2));
    say(summary(wrong.map(({ title }) => title)));
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await world.stop();
  }
}

interface Ended {
  readonly steps: readonly Step[];
  readonly right: boolean;
  readonly ms: number;
}

async function play(
  { name }: Case,
  work: () => Promise<{ steps: readonly Step[]; right: boolean }>,
): Promise<Ended> {
  const start = performance.now();
  try {
    return { ...(await work()), ms: Math.round(performance.now() - start) };
  } catch (error) {
    const steps = [{ what: 'error', said: `${name}: ${(error as Error).message}` }];
    return { steps, right: false, ms: Math.round(performance.now() - start) };
  }
}

function told(title: string, { steps, right, ms }: Ended): string {
  const lines = steps.map(({ what, said }) => `  ${what.padEnd(13)} ${said}`);
  return `\n${title}\n${lines.join('\n')}\n  ${right ? 'as it should be' : 'NOT AS IT SHOULD BE'}, ${ms} ms`;
}

function summary(wrong: readonly string[]): string {
  return wrong.length === 0
    ? `\nAll ${cases.length} ended as they should. Next: npm start, and try it yourself.`
    : `\n${wrong.length} of ${cases.length} ended otherwise: ${wrong.join('; ')}`;
}

process.exitCode = await main();
