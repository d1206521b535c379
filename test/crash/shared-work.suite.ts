/** One process answers, two share the work; any of them may be killed, and the others go on. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { takeChances } from './chance.js';
import { reckon } from './reckoning.js';
import { untilWorkedOff } from './records.js';
import { report } from './report.js';
import { World } from './world.js';

const kills = 6;

let world: World;
beforeAll(async () => {
  world = await World.create('api', 'worker', 'worker');
  return async () => world.remove();
});

test(`SIGKILL of one of three processes sharing the work, ${kills} times`, async () => {
  const chance = takeChances();
  const { instances } = world;
  // Each in its turn, and the first is anybody's guess.
  const first = chance.between(0, instances.length - 1);
  const { sent, seconds } = await world.alone(async () => {
    const started = performance.now();
    const senders = world.startSending({ pauseMs: 300 });
    for (let kill = 0; kill < kills; kill += 1) {
      await senders.nextAcknowledged();
      await delay(chance.between(50, 500));
      const victim = instances[(first + kill) % instances.length]!;
      await victim.kill();
      await victim.restart();
    }
    await senders.stop();
    return { sent: senders.sent, seconds: (performance.now() - started) / 1_000 };
  });
  const workedOff = await untilWorkedOff(world.admin);
  const { figures, wrongs } = await reckon(world.admin, world.shops, sent);
  report('SIGKILL of api and workers', {
    kills,
    ...figures,
    'seconds under load': seconds,
    'seconds to work off': workedOff,
  });
  expect(wrongs).toEqual([]);
});
