/** Whichever step between claim and record a process is killed at: no message leaves twice, and none is left in between. */
import type { Pool } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { untilWorkedOff } from './records.js';
import { report } from './report.js';
import { SendCase, varieties, type Standing } from './send-cases.js';
import { abandoned, standstills, steps, type Step } from './send-steps.js';
import { SendWorld } from './send-world.js';

const everyVariety = (step: Step) => varieties.map((variety) => ({ step, variety, name: step.name }));
const table = steps.flatMap(everyVariety);
const stood = standstills.flatMap(everyVariety);

let world: SendWorld;
beforeAll(async () => {
  world = await SendWorld.create();
  return async () => world.remove();
});

let cases: readonly SendCase[];
beforeAll(async () => {
  const all = [...table, ...stood];
  cases = await Promise.all(all.map(async ({ step, variety }) => SendCase.open(world, step, variety)));
  for (const step of steps) await killAt(step);
  const goOn: (() => void)[] = [];
  for (const step of standstills) goOn.push(await standStillAt(step));
  await age(world.admin);
  await untilWorkedOff(world.admin);
  for (const each of cases) each.workedOff = await each.standing();
  for (const each of goOn) each();
});

const casesOf = (step: Step) => cases.filter((each) => each.step === step);

/** One process is killed with a message of each variety at the same step; the next goes on. */
async function killAt(step: Step): Promise<void> {
  const its = casesOf(step);
  const afterwards = await step.reach(world, its);
  await world.worker.kill();
  await afterwards();
  for (const each of its) each.atKill = await each.standing();
  await world.worker.restart();
  if (step.report === 'an early report') await Promise.all(its.map(async (each) => each.reportDelivered()));
}

/** Nothing ends: another goes on while it stands still. @returns lets it go on, too */
async function standStillAt(step: Step): Promise<() => void> {
  const its = casesOf(step);
  const afterwards = await step.reach(world, its);
  const goOn = await world.replaceWorker();
  await afterwards();
  for (const each of its) each.atKill = await each.standing();
  return goOn;
}

test.each(table)('SIGKILL while $name: $variety', async ({ step, variety }) => {
  const its = casesOf(step).find((each) => each.variety === variety)!;
  if (step.report === 'a late report') await its.reportDelivered();
  const { end, givenOut } = await conclude('SIGKILL', its);
  const notStored = step.atKill.status === 'ready' && variety === 'an automatic answer';
  expect(its.atKill).toMatchObject({ ...step.atKill, ...(notStored && { status: undefined }) });
  expect(its.workedOff).toEqual(
    step.report === 'a late report' ? { ...abandoned, left: step.end.left } : step.end,
  );
  expect(end).toEqual(step.end);
  expect(givenOut).toBe(2);
});

test.each(stood)('SIGSTOP while $name: $variety', async ({ step, variety }) => {
  const its = casesOf(step).find((each) => each.variety === variety)!;
  await its.until(step.end.status!);
  const { end, givenOut } = await conclude('SIGSTOP', its);
  expect(its.atKill).toMatchObject(step.atKill);
  expect(its.workedOff).toEqual({ ...abandoned, left: 0 });
  expect(end).toEqual(step.end);
  expect(givenOut).toBe(2);
});

test('of all that left, nothing left twice', async () => {
  const ids = (await world.sent()).map(({ message }) => message['id']);
  expect(ids).toHaveLength(cases.filter(({ step }) => step.end.left > 0).length);
  expect(new Set(ids).size).toBe(ids.length);
});

async function conclude(signal: string, its: SendCase): Promise<{ end: Standing; givenOut: number }> {
  const { step, variety, atKill } = its;
  const [end, givenOut] = [await its.standing(), await its.timesGivenOut()];
  report(`${signal} while ${step.name}`, {
    of: variety,
    'then it was': atKill.status ?? 'not stored',
    'in the outbox': end.left,
    'ended as': [end.status, end.failure].filter(Boolean).join(', '),
    'settled by': settledBy(step, end),
    'job given out': givenOut,
  });
  return { end, givenOut };
}

function settledBy({ report: reported }: Step, { status }: Standing): string {
  if (status === 'delivered' && reported) return reported;
  return status === 'sent' ? 'the vendor’s answer' : 'nobody yet';
}

/**
 * The same as waiting two minutes, because these two times and now decide who goes on: pg-boss gives a job out again so
 * long after it was started, and the gate calls a claim abandoned so long after it was made.
 */
async function age(admin: Pool): Promise<void> {
  const more = `interval '121 seconds'`;
  await admin.query(`UPDATE pgboss.job SET started_on = started_on - ${more} WHERE state = 'active'`);
  await admin.query(`UPDATE messages SET sending_since = sending_since - ${more} WHERE status = 'sending'`);
}
