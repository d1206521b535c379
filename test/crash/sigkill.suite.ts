/** Whatever moment a process is killed at: what was acknowledged is stored, once, and works itself off. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { takeChances } from './chance.js';
import { reckon } from './reckoning.js';
import { untilWorkedOff } from './records.js';
import { report } from './report.js';
import { World } from './world.js';

const kills = 30;

let world: World;
beforeAll(async () => {
  world = await World.create('all');
  return async () => world.remove();
});

test(`SIGKILL at random ${kills} times under load`, async () => {
  const chance = takeChances();
  const { sent, seconds } = await world.alone(async () => {
    const started = performance.now();
    const senders = world.startSending();
    for (let kill = 0; kill < kills; kill += 1) {
      await senders.nextAcknowledged();
      await delay(chance.between(50, 500));
      await world.api.kill();
      // The last life ends with the vendors: what they did not hear of may be stored, or not.
      if (kill === kills - 1) await senders.stop();
      await world.api.restart();
    }
    return { sent: senders.sent, seconds: (performance.now() - started) / 1_000 };
  });
  const workedOff = await untilWorkedOff(world.admin);
  const { figures, wrongs } = await reckon(world.admin, world.shops, sent);
  report('SIGKILL', {
    kills,
    ...figures,
    'seconds under load': seconds,
    'seconds to work off': workedOff,
  });
  expect(wrongs).toEqual([]);
  expect(figures['stored']).toBeGreaterThanOrEqual(figures['acknowledged']!);
  expect(figures['stored']).toBeLessThanOrEqual(figures['sent']!);
});
