/** From the claim to the end of the job: where a process is killed, and what must be there then and in the end. */
import { vi } from 'vitest';
import type { SendCase, Standing } from './send-cases.js';
import { soon, type Hold } from './send-holds.js';
import { gates, type SendWorld } from './send-world.js';

export interface Step {
  readonly name: string;
  /** Brings the messages there. @returns what is to be done once the process is killed */
  readonly reach: (world: SendWorld, cases: readonly SendCase[]) => Promise<() => Promise<void>>;
  /** Who is written to instead of Mara: the mock knows what it does about this number (docs/mocks.md). */
  readonly contact?: string;
  /** No message where an automatic answer is not stored yet. */
  readonly atKill: Pick<Standing, 'left'> & { readonly status: 'ready' | 'sending' | 'sent' };
  /** The vendor's comes before the job is given out again, as is usual, or later. */
  readonly report?: 'an early report' | 'a late report';
  readonly end: Standing;
}

/** Accepted at once, answered 2 s later. */
const acceptsAndIsSlow = '12025550005';
const throttles = '12025550002';

const sentOnce = { status: 'sent', failure: null, left: 1 } as const;
const delivered = { status: 'delivered', failure: null, left: 1 } as const;
export const abandoned = { status: 'unknown', failure: 'abandoned' } as const;

export const steps: readonly Step[] = [
  {
    name: 'the gate has decided, nothing is claimed',
    reach: async (world, cases) => heldAt(await holdGate(world, gates.decided), cases),
    atKill: { status: 'ready', left: 0 },
    end: sentOnce,
  },
  {
    name: 'the claim is written, not committed',
    reach: async (world, cases) => heldAt(await holdGate(world, gates.claimWritten), cases),
    atKill: { status: 'ready', left: 0 },
    end: sentOnce,
  },
  {
    name: 'COMMIT of the claim is sent, not answered',
    reach: async (world, cases) => heldAt(await holdGate(world, gates.claimCommitting), cases),
    // The server commits for somebody who is dead.
    atKill: { status: 'sending', left: 0 },
    end: { ...abandoned, left: 0 },
  },
  {
    name: 'the claim is committed, the vendor has not got it',
    reach: async (world, cases) => {
      await waitAtVendor(world, cases);
      return async () => world.vendor.open();
    },
    atKill: { status: 'sending', left: 0 },
    end: { ...abandoned, left: 0 },
  },
  {
    name: 'the vendor has it, and has not answered',
    contact: acceptsAndIsSlow,
    reach: async (world, cases) => {
      await waitAtVendor(world, cases);
      await world.vendor.open();
      await untilAllLeft(cases);
      return async () => undefined;
    },
    atKill: { status: 'sending', left: 1 },
    report: 'an early report',
    end: delivered,
  },
  {
    name: 'the vendor has answered, it is not recorded',
    reach: async (world, cases) => {
      await waitAtVendor(world, cases);
      const hold = await world.hold(lockMessages, organizationsOf(cases));
      await world.vendor.open();
      await hold.reached(cases.length);
      return async () => hold.letGoOfTheDead();
    },
    atKill: { status: 'sending', left: 1 },
    report: 'a late report',
    end: delivered,
  },
  {
    name: 'it is recorded, the job is not completed',
    reach: async (world, cases) => {
      await waitAtVendor(world, cases);
      const hold = await world.hold(lockJobs, organizationsOf(cases));
      await world.vendor.open();
      await hold.reached(cases.length);
      // The statement that completes a job commits by itself, and would for somebody who is dead.
      return async () => hold.endTheDead();
    },
    atKill: { status: 'sent', left: 1 },
    end: sentOnce,
  },
];

// Who was waiting at the door asks again once it goes on, and finds none.
const standStill: Step['reach'] = async (world, cases) => {
  await waitAtVendor(world, cases);
  return async () => world.vendor.open();
};

/** Nobody is killed: the process stands still for as long, another gives its message up, and it goes on. */
export const standstills: readonly Step[] = [
  {
    name: 'the claim is committed, the vendor has not got it',
    reach: standStill,
    atKill: { status: 'sending', left: 0 },
    end: sentOnce,
  },
  {
    name: 'the claim is committed, the vendor will not take it now',
    contact: throttles,
    reach: standStill,
    atKill: { status: 'sending', left: 0 },
    // Certainly not sent, and nobody would come for it again.
    end: { status: 'not-sent', failure: 'throttled', left: 0 },
  },
];

const begin = async (cases: readonly SendCase[]) => Promise.all(cases.map(async (each) => each.begin()));

const organizationsOf = (cases: readonly SendCase[]) => cases.map(({ organizationId }) => organizationId);

const holdGate = async (world: SendWorld, gate: number) =>
  world.hold('SELECT pg_advisory_xact_lock($1)', gate);

async function heldAt(hold: Hold, cases: readonly SendCase[]): Promise<() => Promise<void>> {
  await begin(cases);
  await hold.reached(cases.length);
  return async () => hold.letGoOfTheDead();
}

/** The door is shut once the shop and the model were asked, which are mocks too. */
async function waitAtVendor(world: SendWorld, cases: readonly SendCase[]): Promise<void> {
  const claims = await holdGate(world, gates.claimWritten);
  await begin(cases);
  await claims.reached(cases.length);
  await world.vendor.shut();
  await claims.letGo();
  await Promise.all(cases.map(async (each) => each.until('sending')));
}

async function untilAllLeft(cases: readonly SendCase[]): Promise<void> {
  const left = async () => Promise.all(cases.map(async (each) => (await each.standing()).left));
  await vi.waitUntil(async () => (await left()).every((count) => count > 0), soon);
}

const lockMessages = `
  SELECT FROM messages WHERE organization_id = ANY ($1) AND direction = 'outbound' FOR UPDATE`;

const lockJobs = `
  SELECT FROM pgboss.job
   WHERE group_id = ANY ($1) AND name IN ('answer-message', 'send-message') AND state = 'active' FOR UPDATE`;
