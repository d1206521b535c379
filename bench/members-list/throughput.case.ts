import type { BenchCase } from '../bench-case.js';
import { prepareCase } from '../prepare.js';
import { ratio } from '../rounds.js';
import { addApp, addBare } from './contestants.js';
import { membersSeed } from './data.js';

const [app, bare, joined] = ['app', 'bare', 'bare-joined'];

/** What row-level security, a session check inside the transaction and a framework may cost together. */
export const membersListThroughput: BenchCase = {
  name: 'members-list',
  compares:
    'GET /v1/members?limit=20 through the whole application, against bare Fastify + pg with the same token and session check',
  floors: [{ metric: `${app} / ${bare}, requests/s`, atLeast: 0.6 }],
  prepare: async (context) => {
    const organizations = context.smoke ? 20 : 1_000;
    return prepareCase({
      context,
      data: `${organizations} organizations of 20 to 25 members`,
      plan: context.smoke
        ? { rounds: 1, roundMs: 300, warmUpMs: 100, connections: 8 }
        : { rounds: 15, roundMs: 2_000, warmUpMs: 4_000, connections: 64 },
      fill: async (server, field) => {
        context.progress(`seeding ${organizations} organizations`);
        const database = await server.createDatabase('bench', membersSeed(organizations));
        context.progress('starting the servers');
        await addApp(field, app, database);
        await addBare(field, bare, database, 'awaited');
        await addBare(field, joined, database, 'joined');
      },
      metrics: (series) => [
        ratio(series, app, bare, 'requestsPerSecond'),
        ratio(series, app, joined, 'requestsPerSecond'),
        ratio(series, app, bare, 'cpuMicros'),
      ],
    });
  },
};
