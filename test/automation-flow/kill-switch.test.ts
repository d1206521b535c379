/**
 * The kill switch while two workers, each an application of its own, work off a backlog: what is claimed after it is thrown,
 * and when. The second switch is read by one poll for both; where each has its own, both are as fast.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PolledKillSwitch } from '../../src/providers/cloud/kill-switch-parameter.js';
import { noKillSwitchParameter } from '../../src/providers/cloud/kill-switch.provider.js';
import { MockOutbox } from '../../src/providers/mock-outbox.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Shop, soon } from './shop.js';

let t: TestApp;
// Each with workers of its own: those of the one before would not wait until there is a backlog.
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

/** What SSM holds, as the poll of every process reads it. */
const name = '/bulkhead/local/kill-switch';
let word = 'off';
const polled = new PolledKillSwitch({
  name,
  read: async () => ({ kind: 'parameters', values: new Map([[name, word]]), missing: [] }),
});
beforeAll(async () => polled.start());
afterAll(() => polled.stop());

test.each(['organization', 'platform', 'parameter'])(
  'of the %s: no claim comes later than 5 s after it, by either worker, and the rest stays',
  async (level) => {
    vi.spyOn(noKillSwitchParameter, 'isOn').mockImplementation(() => polled.isOn());
    const shop = await Shop.open(t);
    const shoppers = Array.from(
      // More than two seconds of work: so long the parameter may not be read.
      { length: level === 'parameter' ? 400 : 80 },
      (_, index) => `4477009${String(10_010 + index * 10).padStart(5, '0')}`,
    );
    for (const phone of shoppers) await shop.write(phone, 'Where is my order?');
    const sent = async () => (await shop.outbox()).length;
    const workers = await Promise.all([t.another({ ROLE: 'worker' }), t.another({ ROLE: 'worker' })]);
    expect(workers).toHaveLength(2);
    await expect.poll(sent, { ...soon, interval: 5 }).toBeGreaterThan(5);
    if (level === 'organization') await shop.set({ kill_switch: true });
    else if (level === 'platform') await t.admin.query('UPDATE platform_flags SET kill_switch = true');
    else word = 'on';
    const thrown = Date.now();
    await shop.settled();
    const { rows } = await t.admin.query<{ reason: string; count: number }>(
      'SELECT reason, count(*)::int AS count FROM decisions WHERE organization_id = $1 GROUP BY reason',
      [shop.owner.organizationId],
    );
    const decided = new Map(rows.map(({ reason, count }) => [reason, count]));
    expect(decided.get('kill-switch-on')).toBeGreaterThan(5);
    expect((decided.get('ok') ?? 0) + (decided.get('kill-switch-on') ?? 0)).toBe(shoppers.length);
    // Each decision to send is one message in the outbox, and no other is.
    const accepted = (await t.app.get(MockOutbox).list()).filter(
      ({ message }) => message['organizationId'] === shop.owner.organizationId,
    );
    expect(accepted).toHaveLength(decided.get('ok')!);
    const latest = Math.max(...accepted.map(({ acceptedAt }) => Date.parse(acceptedAt)));
    expect(latest - thrown).toBeLessThan(5_000);
  },
);
