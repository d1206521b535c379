/** The second kill switch, on a clock of the test's own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ParametersOutcome } from '../../src/providers/cloud/cloud.provider.js';
import { PolledKillSwitch } from '../../src/providers/cloud/kill-switch-parameter.js';

const name = '/bulkhead/staging/kill-switch';
const says = (word?: string): ParametersOutcome => ({
  kind: 'parameters',
  values: new Map(word === undefined ? [] : [[name, word]]),
  missing: word === undefined ? [name] : [],
});
const away: ParametersOutcome = { kind: 'unavailable', reason: 'timeout' };

let answer: () => Promise<ParametersOutcome>;
let polls: number;
let changes: string[];
let polled: PolledKillSwitch;
beforeEach(() => {
  vi.useFakeTimers();
  [polls, changes] = [0, []];
  answer = async () => says('off');
  polled = new PolledKillSwitch({
    name,
    read: async (names) => {
      polls += 1;
      return names.join() === name ? answer() : away;
    },
    onChange: ({ on, why }) => changes.push(`${on ? 'on' : 'off'}: ${why}`),
  });
});
afterEach(() => {
  polled.stop();
  vi.useRealTimers();
});
const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('on until it has been read, then as it says', async () => {
  expect([polled.isOn(), polled.ageMs()]).toEqual([true, undefined]);
  await polled.start();
  expect([polled.isOn(), polled.ageMs()]).toEqual([false, 0]);
});

test('polls every two seconds: off, on, off', async () => {
  await polled.start();
  answer = async () => says('on');
  await after(1_999);
  expect([polled.isOn(), polls]).toEqual([false, 1]);
  await after(1);
  expect([polled.isOn(), polls]).toEqual([true, 2]);
  answer = async () => says('off');
  await after(2_000);
  expect(polled.isOn()).toBe(false);
  expect(changes).toEqual([`off: ${name} is off`, `on: ${name} is on`, `off: ${name} is off`]);
});

test.each([undefined, '', 'OFF', 'off ', 'false', 'maybe'])('%j is on, at once', async (word) => {
  await polled.start();
  answer = async () => says(word);
  await after(2_000);
  expect(polled.isOn()).toBe(true);
  answer = async () => says('off');
  await after(2_000);
  expect(polled.isOn()).toBe(false);
});

test.each([
  ['unavailable', async () => away],
  ['denied', async (): Promise<ParametersOutcome> => ({ kind: 'denied', error: 'AccessDeniedException' })],
  ['throwing', async () => Promise.reject(new Error('a reader that is broken'))],
])('%s: holds what it knew for 30 s, then on; back when it is read again', async (_name, failing) => {
  await polled.start();
  answer = failing;
  await after(30_000);
  expect([polled.isOn(), polled.ageMs()]).toEqual([false, 30_000]);
  await after(1);
  expect(polled.isOn()).toBe(true);
  await after(10_000);
  expect(polled.isOn()).toBe(true);
  answer = async () => says('off');
  await after(2_000);
  expect(polled.isOn()).toBe(false);
});

test('what was on stays on while it cannot be read', async () => {
  answer = async () => says('on');
  await polled.start();
  answer = async () => away;
  await after(10_000);
  expect(polled.isOn()).toBe(true);
});

test('never read: on, however long', async () => {
  answer = async () => away;
  await polled.start();
  await after(60_000);
  expect([polled.isOn(), polled.ageMs()]).toEqual([true, undefined]);
});

test('a reader that hangs ages what is known, and no second poll starts beside it', async () => {
  await polled.start();
  answer = async () => new Promise(() => {});
  await after(30_000);
  expect([polled.isOn(), polls]).toEqual([false, 2]);
  await after(1);
  expect(polled.isOn()).toBe(true);
});

test('an answer is as old as the question: it may have been turned while the answer was on its way', async () => {
  await polled.start();
  answer = async () => new Promise((resolve) => setTimeout(() => resolve(says('off')), 10_000));
  await after(12_000);
  expect([polled.isOn(), polled.ageMs()]).toEqual([false, 10_000]);
});

test('stopped, it asks no more, not even when a poll was under way', async () => {
  await polled.start();
  polled.stop();
  await after(60_000);
  expect(polls).toBe(1);
  await polled.start();
  answer = async () => new Promise((resolve) => setTimeout(() => resolve(says('off')), 500));
  await after(2_100);
  polled.stop();
  await after(60_000);
  expect(polls).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});
