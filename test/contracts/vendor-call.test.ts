import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest';
import {
  breakerLimits,
  callLimits,
  rememberedLines,
  VendorCallRefused,
  VendorCalls,
} from '../../src/connections/vendor-call.js';
import type { HttpMetrics } from '../../src/http/metrics.js';
import { unasked, type Answer } from '../../src/providers/exchange.js';
import type { OrdersOutcome } from '../../src/providers/shopify/shopify.provider.js';
import { openContext, withTransaction, type OpenTransaction } from '../../src/tenancy/context.js';

type Said = OrdersOutcome;
const found: Said = { kind: 'orders', orders: [] };
const away: Said = { kind: 'unavailable', reason: 'timeout' };
const key = { vendor: 'shopify', connection: 'a-connection' } as const;
const answer = async (outcome: Said): Promise<Answer<Said>> => unasked('shopify', 'findOrders', outcome);

function started() {
  const registry = new Registry();
  const calls = new VendorCalls({ registry } as HttpMetrics);
  const say = async (outcome: Said, at: { vendor: 'shopify'; connection: string } = key) =>
    calls.call(at, 'findOrders', async () => answer(outcome));
  const counted = async () => {
    const lines = (await registry.metrics()).matchAll(/^vendor_calls_total\{(.*)\} (\d+)$/gm);
    return Object.fromEntries(
      [...lines].map(([, labels, count]) => [/outcome="([^"]*)"/.exec(labels!)![1], Number(count)]),
    );
  };
  return { calls, say, counted };
}

const refused = async (call: Promise<unknown>) =>
  call.then(
    () => 'asked',
    (error: unknown) => (error instanceof VendorCallRefused ? error.reason : String(error)),
  );

let logged: MockInstance<Logger['log']>;
beforeEach(() => {
  logged = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
});
afterEach(() => void vi.useRealTimers());

test('answers what the provider answered, and counts it by vendor, operation and outcome', async () => {
  const { calls, say, counted } = started();
  expect((await say(found)).outcome).toBe(found);
  await say(away);
  const broken = calls.call(key, 'whoAmI', async () => Promise.reject<Answer<Said>>(new Error('a bug')));
  await expect(broken).rejects.toThrow('a bug');
  expect(await counted()).toEqual({ orders: 1, 'unavailable:timeout': 1, error: 1 });
  const lines = logged.mock.calls.map(([line]) => String(line).replace(/, \d+ ms$/, ''));
  expect(lines).toEqual([
    'vendor call shopify findOrders: orders',
    'vendor call shopify findOrders: unavailable:timeout',
    'vendor call shopify whoAmI: error',
  ]);
});

describe('a transaction never contains a call', () => {
  const transaction = (ended: boolean) => ({ ended, failed: false }) as OpenTransaction;

  test.each([false, true])('nobody is asked inside one, open or ended (%s)', async (ended) => {
    const { calls } = started();
    const ask = vi.fn<() => Promise<Answer<Said>>>(async () => answer(found));
    const inside = openContext('test', () =>
      withTransaction(transaction(ended), async () => calls.call(key, 'findOrders', ask)),
    );
    await expect(inside).rejects.toThrow('transaction');
    expect(ask).not.toHaveBeenCalled();
  });

  test('outside of one, in the same kind of context, it is', async () => {
    const { say } = started();
    expect((await openContext('test', async () => say(found))).outcome).toBe(found);
  });
});

describe('limits', () => {
  /** Starts so many calls of one connection, which all wait. */
  function flood(calls: VendorCalls, size: number) {
    const gate = Promise.withResolvers<void>();
    const running = { now: 0, most: 0 };
    const all = Array.from({ length: size }, async () =>
      refused(
        calls.call(key, 'findOrders', async () => {
          running.now += 1;
          running.most = Math.max(running.most, running.now);
          await gate.promise;
          running.now -= 1;
          return answer(found);
        }),
      ),
    );
    return { gate, running, all };
  }

  test('of one connection so many run, so many wait, and the rest is refused at once', async () => {
    const { calls, say, counted } = started();
    const { inFlight, waiting } = callLimits;
    const { gate, running, all } = flood(calls, inFlight + waiting + 3);
    expect(await Promise.all(all.slice(-3))).toEqual(Array.from({ length: 3 }, () => 'too-many-calls'));
    expect(running.now).toBe(inFlight);
    // Another connection, of whomever, is not in the queue.
    expect((await say(found, { ...key, connection: 'another' })).outcome).toBe(found);
    gate.resolve();
    const done = await Promise.all(all);
    expect(done.filter((each) => each === 'asked')).toHaveLength(inFlight + waiting);
    expect(running.most).toBe(inFlight);
    expect(await counted()).toEqual({ orders: inFlight + waiting + 1, 'too-many-calls': 3 });
  });

  test('who waited for a turn is in the context in which it asked, not in that of who made room', async () => {
    const { calls } = started();
    const store = new AsyncLocalStorage<string>();
    const { gate, all } = flood(calls, callLimits.inFlight);
    const seen = ['ada', 'grace'].map(async (name) =>
      store.run(name, async () => {
        const asked: (string | undefined)[] = [];
        await calls.call(key, 'findOrders', async () => {
          asked.push(store.getStore());
          await Promise.resolve();
          asked.push(store.getStore());
          return answer(found);
        });
        return [...asked, store.getStore()];
      }),
    );
    gate.resolve();
    await Promise.all(all);
    expect(await Promise.all(seen)).toEqual(['ada', 'grace'].map((name) => [name, name, name]));
  });
});

describe('the circuit', () => {
  const fail = async (say: (outcome: Said) => Promise<unknown>, times: number) => {
    for (let time = 0; time < times; time += 1) await say(away);
  };

  test('a vendor that keeps not answering is left alone, that connection only; then one call tries', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { say, counted } = started();
    await fail(say, breakerLimits.failures);
    expect(await refused(say(found))).toBe('circuit-open');
    expect(await refused(say(found, { ...key, connection: 'another' }))).toBe('asked');
    vi.setSystemTime(Date.now() + breakerLimits.openMs + 1);
    await say(away);
    expect(await refused(say(found))).toBe('circuit-open');
    vi.setSystemTime(Date.now() + breakerLimits.openMs + 1);
    expect(await refused(say(found))).toBe('asked');
    expect(await refused(say(found))).toBe('asked');
    expect(await counted()).toMatchObject({ 'circuit-open': 2, orders: 3 });
  });

  test('an answer in between starts the count anew', async () => {
    const { say } = started();
    for (let round = 0; round < 3; round += 1) {
      await fail(say, breakerLimits.failures - 1);
      await say(found);
    }
    expect(await refused(say(found))).toBe('asked');
  });

  test.each<Said>([{ kind: 'refused' }, { kind: 'throttled', retryAfterMs: 1 }])(
    'a vendor that answers $kind is not away',
    async (outcome) => {
      const { say } = started();
      for (let time = 0; time < breakerLimits.failures * 2; time += 1) await say(outcome);
      expect(await refused(say(found))).toBe('asked');
    },
  );

  test('nothing is remembered of connections that are well', async () => {
    const { calls, say } = started();
    const sizes = () => (calls as unknown as { lines: Map<string, unknown> }).lines.size;
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => say(found, { ...key, connection: `${index}` })),
    );
    await Promise.all(Array.from({ length: 20 }, async () => say(found)));
    expect(sizes()).toBe(0);
    await say(away);
    expect(sizes()).toBe(1);
    await say(found);
    expect(sizes()).toBe(0);
  });

  test('of those in trouble, so many are remembered: the oldest is forgotten first', async () => {
    const { calls, say } = started();
    await fail(say, breakerLimits.failures);
    const lines = (calls as unknown as { lines: Map<string, unknown> }).lines;
    for (let made = 1; made < rememberedLines; made += 1)
      await say(away, { ...key, connection: `made-up-${made}` });
    expect(await refused(say(found))).toBe('circuit-open');
    await say(away, { ...key, connection: 'one-more' });
    expect(lines.size).toBe(rememberedLines);
    expect([lines.has('shopify:a-connection'), lines.has('shopify:one-more')]).toEqual([false, true]);
  });
});
