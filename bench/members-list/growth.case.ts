import type { BenchCase } from '../bench-case.js';
import { prepareCase } from '../prepare.js';
import { ratio } from '../rounds.js';
import { addApp } from './contestants.js';
import { membersSeed } from './data.js';

const nameOf = (organizations: number) => `${organizations} organizations`;
const sizes = { smoke: [2, 20], full: [10, 10_000] } as const;
const [few, many] = sizes.full;

/** One organization's list must not get slower because others have joined. */
export const membersListGrowth: BenchCase = {
  name: 'members-list-growth',
  compares: `latency of GET /v1/members?limit=20 among ${few} organizations and among ${many}`,
  floors: [{ metric: `${nameOf(many)} / ${nameOf(few)}, p50`, atMost: 1.15 }],
  prepare: async (context) => {
    const [small, large] = context.smoke ? sizes.smoke : sizes.full;
    return prepareCase({
      context,
      data: `${small} and ${large} organizations of 20 to 25 members, in two databases of one server`,
      plan: context.smoke
        ? { rounds: 1, roundMs: 300, warmUpMs: 100, connections: 2 }
        : { rounds: 15, roundMs: 2_000, warmUpMs: 4_000, connections: 4 },
      fill: async (server, field) => {
        for (const organizations of [small, large]) {
          context.progress(`seeding ${organizations} organizations`);
          const database = await server.createDatabase(`bench_${organizations}`, membersSeed(organizations));
          await addApp(field, nameOf(organizations), database);
        }
      },
      metrics: (series) => [
        ratio(series, nameOf(large), nameOf(small), 'p50Ms'),
        ratio(series, nameOf(large), nameOf(small), 'p99Ms'),
      ],
    });
  },
};
