/** Closed loop over keep-alive connections: each sends its next request when it has read the answer to the last. */
import { performance } from 'node:perf_hooks';
import { serveParent } from '../child.js';
import { openConnection, type Connection } from './connection.js';
import type { LoadPlan, LoadRequest, LoadResult, Sample } from './load.js';
import { numbered, ownCopies, prepareRequest, type PreparedRequest } from './prepared-request.js';

/** One answer in so many is handed back whole; the others are only searched for the text they must contain. */
const SAMPLE_EVERY = 97;
const MOST_SAMPLES = 400;

interface Driver {
  readonly connection: Connection;
  readonly own: readonly PreparedRequest[];
}

let requests: readonly PreparedRequest[] = [];
let next = 0;

serveParent('ready', async (question) => {
  const asked = question as { requests: readonly LoadRequest[] } | { plan: LoadPlan };
  if ('plan' in asked) return run(asked.plan);
  requests = asked.requests.map(prepareRequest);
  return requests.length;
});

async function run({ port, connections, durationMs, most = Infinity }: LoadPlan): Promise<LoadResult> {
  const open = await Promise.all(
    Array.from({ length: connections }, async (): Promise<Driver> => {
      return { connection: await openConnection(port), own: ownCopies(requests) };
    }),
  );
  const latencies: number[] = [];
  const samples: Sample[] = [];
  const started = performance.now();
  const deadline = started + durationMs;
  let failure: string | undefined;
  const last = next + most;
  const drive = async ({ connection, own }: Driver): Promise<void> => {
    while (failure === undefined && next < last) {
      const sending = next++;
      const index = sending % requests.length;
      const request = own[index]!;
      const { expects } = request;
      const bytes = numbered(request, sending);
      const sent = performance.now();
      if (sent >= deadline) return;
      const { status, body } = await connection.send(bytes);
      latencies.push(performance.now() - sent);
      if (status !== 200 || !body.includes(expects)) {
        failure ??= `answered ${status}, without "${expects}": ${body.toString().slice(0, 300)}`;
      }
      if (latencies.length % SAMPLE_EVERY === 1 && samples.length < MOST_SAMPLES) {
        samples.push({ request: index, body: body.toString() });
      }
    }
  };
  try {
    await Promise.all(open.map(drive));
  } catch (error) {
    failure ??= String(error);
  }
  const elapsedMs = performance.now() - started;
  for (const { connection } of open) connection.close();
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const result = { answers: sorted.length, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), samples };
  return failure === undefined ? result : { ...result, failure };
}
