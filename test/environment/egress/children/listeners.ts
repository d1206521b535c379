/** More refusals than may wait, listeners that fail, and the context that each was refused in. */
import { AsyncLocalStorage } from 'node:async_hooks';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { answer, onEgressRefusal, openEgress } from './guard.ts';

const attempt = (host: string) => net.connect(443, host).on('error', () => undefined);
// Nobody listens yet: told to the first who does.
attempt('early.test');
openEgress({ loopback: true, hosts: [] });

const told: { host: string; port: number | undefined; reason: string; dropped: number; request: unknown }[] =
  [];
const request = new AsyncLocalStorage<string>();
onEgressRefusal(() => {
  throw new Error('a listener that throws');
});
onEgressRefusal(async () => Promise.reject(new Error('a listener that rejects')));
const stop = onEgressRefusal(({ host, port, reason, dropped }) => {
  told.push({ host, port, reason, dropped, request: request.getStore() });
});
await turn();
await turn();
const early = told.splice(0);

request.run('request 1', () => attempt('one.test'));
request.run('request 2', () => attempt('two.test'));
const duringTheAttempt = told.length;
await turn();
await turn();
const contexts = told.splice(0);

for (let i = 0; i < 1500; i += 1) attempt(`flood-${i}.test`);
await turn();
await turn();
const flood = told.splice(0);

attempt('after.test');
await turn();
await turn();
const after = told.splice(0);

stop();
attempt('stopped.test');
await turn();
await turn();

answer({
  early,
  duringTheAttempt,
  contexts,
  flood: { told: flood.length, dropped: flood.map(({ dropped }) => dropped).filter((count) => count > 0) },
  lastOfFlood: flood.at(-1),
  after,
  stopped: told,
});
