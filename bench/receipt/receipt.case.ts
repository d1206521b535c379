import type { BenchCase } from '../bench-case.js';
import { prepareCase } from '../prepare.js';
import { ratio } from '../rounds.js';
import { addApp, addBare } from './contestants.js';
import { newEndpoint } from './data.js';
import type { Receipts } from './stored.js';

const [app, bare, sameTable] = ['app', 'bare', 'bare-same-table'];

/** Group commit has to pay for the framework, the two keys of the table, the job and all else around it. */
export const receipt: BenchCase = {
  name: 'receipt',
  compares:
    'a signed Shopify delivery through the whole application (stored, its job enqueued), against bare Fastify + pg with one INSERT each',
  floors: [
    { metric: `${app} / ${bare}, requests/s`, atLeast: 1.3 },
    { metric: `${app} / ${bare}, p99`, atMost: 1 },
  ],
  prepare: async (context) => {
    const endpoint = await newEndpoint();
    const receipts: Receipts[] = [];
    return prepareCase({
      context,
      durable: true,
      data: 'orders of 7.8 KB, each delivery new; every commit flushed to disk; jobs enqueued and not worked off',
      plan: context.smoke
        ? { rounds: 1, roundMs: 300, warmUpMs: 100, connections: 8 }
        : { rounds: 15, roundMs: 2_000, warmUpMs: 4_000, connections: 64 },
      fill: async (server, field) => {
        context.progress('starting the servers');
        const course = { server, field, endpoint };
        receipts.push(await addApp(course, app));
        receipts.push(await addBare(course, bare, 'bare_deliveries'));
        receipts.push(await addBare(course, sameTable, 'webhook_deliveries'));
      },
      afterwards: async () => {
        context.progress('comparing what was answered with what is stored');
        for (const each of receipts) await each.requireStored();
      },
      metrics: (series) => [
        ratio(series, app, bare, 'requestsPerSecond'),
        ratio(series, app, bare, 'p99Ms'),
        ratio(series, app, bare, 'cpuMicros'),
        ratio(series, app, sameTable, 'requestsPerSecond'),
        ratio(series, sameTable, bare, 'requestsPerSecond'),
      ],
    });
  },
};
