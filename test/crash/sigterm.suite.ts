/** Told to stop under load, the process answers what it has accepted, finishes what it works on, and says it went well. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { takeChances } from './chance.js';
import { reckon } from './reckoning.js';
import { jobsInHand, untilWorkedOff } from './records.js';
import type { SentDelivery } from './senders.js';
import { report } from './report.js';
import { World } from './world.js';

const rounds = 3;

let world: World;
beforeAll(async () => {
  world = await World.create('all');
  return async () => world.remove();
});

test(`SIGTERM under load, ${rounds} times`, async () => {
  const chance = takeChances();
  const { sent, seconds } = await world.alone(async () => {
    const stops: number[] = [];
    const all: SentDelivery[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const senders = world.startSending({ pauseMs: 20 });
      await senders.nextAcknowledged();
      await delay(chance.between(100, 1_000));
      const told = performance.now();
      expect(await world.api.terminate()).toEqual({ code: 0, signal: null });
      stops.push((performance.now() - told) / 1_000);
      await senders.stop();
      all.push(...senders.sent);
      // Nobody has to wait until what it worked on is given out again.
      expect(await jobsInHand(world.admin)).toEqual([]);
      await world.api.restart();
    }
    return { sent: all, seconds: stops };
  });
  const workedOff = await untilWorkedOff(world.admin);
  const { figures, wrongs } = await reckon(world.admin, world.shops, sent);
  report('SIGTERM', {
    times: rounds,
    ...figures,
    'longest seconds to stop': Math.max(...seconds),
    'seconds to work off': workedOff,
  });
  expect(wrongs).toEqual([]);
  // What was accepted, that is stored, was answered, too, and at once.
  expect(figures['stored']).toBe(figures['acknowledged']);
  expect(figures['stored though the answer was lost']).toBe(0);
  // What it was working on was finished, not given to somebody else.
  expect(figures['jobs given out again']).toBe(0);
  expect(Math.max(...seconds)).toBeLessThan(15);
});
