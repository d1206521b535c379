/** The database is stopped under load and comes back: the application says 503 meanwhile, and recovers by itself. */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { reckon } from './reckoning.js';
import { untilWorkedOff } from './records.js';
import { report } from './report.js';
import { exchange, isAcknowledged, isAnswer, type Answer, type Outcome } from './senders.js';
import { World } from './world.js';

const awaySeconds = 10;
/** The longest a request may wait for a connection, and some room for a busy machine. */
const longestWait = 12_000;

let world: World;
beforeAll(async () => {
  world = await World.create('all');
  return async () => world.remove();
});

test(`Postgres stopped for ${awaySeconds} s`, async () => {
  const { api, admin, shops } = world;
  const { pid } = api.program.child;
  const { sent, asked, probed, watched, gone, back, backAt } = await world.alone(stopAndStart);
  const workedOff = await untilWorkedOff(admin);
  const { figures, wrongs } = await reckon(admin, shops, sent);
  const outcomes = sent.flatMap((each) => each.outcomes);
  const refused = outcomes.filter(isAnswer).filter(({ status }) => status !== 200);
  const recovered = Math.min(...acknowledgedAfter(back, outcomes)) - back;
  const longest = Math.max(...[...outcomes, ...asked, ...probed].map(({ ms }) => ms));
  report('Postgres away', {
    ...figures,
    'longest ms for an answer': longest,
    'ms from being back to the first acknowledgement': recovered,
    'ms from being back to the first event handled': await firstHandledAfter(backAt),
    'seconds to work off': workedOff,
  });
  expect(outcomes.filter((outcome) => !isAnswer(outcome))).toEqual([]);
  expect(refused.filter((answer) => !saysUnavailable(answer))).toEqual([]);
  expect(refused.length).toBeGreaterThan(100);
  for (const others of [asked, probed]) {
    expect(
      others.filter((each) => !isAcknowledged(each) && !(isAnswer(each) && saysUnavailable(each))),
    ).toEqual([]);
    expect(others.filter(({ at }) => at > gone && at < back).some((each) => !isAcknowledged(each))).toBe(
      true,
    );
    expect(isAcknowledged(others.at(-1))).toBe(true);
  }
  expect(watched.every(isAcknowledged)).toBe(true);
  expect(longest).toBeLessThan(longestWait);
  expect(recovered).toBeLessThan(10_000);
  // The very process that was there before.
  expect(api.program.child.pid).toBe(pid);
  expect(api.program.isRunning).toBe(true);
  expect(wrongs).toEqual([]);
});

async function stopAndStart() {
  const { server, shops } = world;
  const senders = world.startSending({ pauseMs: 50 });
  const customer = ask('/v1/connections', shops.shops[0]!.owner.bearer);
  const ready = ask('/readyz');
  const alive = ask('/healthz');
  await senders.nextAcknowledged();
  await delay(2_000);
  const gone = performance.now();
  await server.goAway();
  await delay(awaySeconds * 1_000);
  await server.comeBack();
  const [back, backAt] = [performance.now(), new Date()];
  await senders.nextAcknowledged();
  await delay(2_000);
  const [asked, probed, watched] = await Promise.all([customer(), ready(), alive()]);
  await senders.stop();
  return { sent: senders.sent, asked, probed, watched, gone, back, backAt };
}

/** When each acknowledgement came, of those that came later. */
function acknowledgedAfter(time: number, outcomes: readonly Outcome[]): number[] {
  return outcomes
    .filter(isAcknowledged)
    .map(({ at, ms }) => at + ms)
    .filter((at) => at > time);
}

async function firstHandledAfter(time: Date): Promise<number> {
  const { rows } = await world.admin.query<{ first: Date }>(
    'SELECT min(handled_at) AS first FROM webhook_events WHERE handled_at > $1',
    [time],
  );
  return rows[0]!.first.getTime() - time.getTime();
}

/** Asks over and over. @returns ends it, and says what was answered */
function ask(path: string, headers: Readonly<Record<string, string>> = {}): () => Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true });
  const outcomes: Outcome[] = [];
  const ended = new AbortController();
  const loop = (async () => {
    while (!ended.signal.aborted) {
      outcomes.push(await exchange(agent, new URL(path, world.api.url), { headers }));
      await delay(100);
    }
  })();
  return async () => {
    ended.abort();
    await loop;
    agent.destroy();
    return outcomes;
  };
}

function saysUnavailable({ status, contentType, retryAfter, body }: Answer): boolean {
  return (
    status === 503 &&
    contentType?.startsWith('application/problem+json') === true &&
    /^[1-9]\d*$/.test(retryAfter ?? '') &&
    (JSON.parse(body) as { code?: string }).code === 'unavailable'
  );
}
