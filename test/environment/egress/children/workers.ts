/** Starts a worker thread in every way there is, under rules that admit this machine, and asks it to connect. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import workerThreads, { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';
import { answer, Listener, openEgress } from './guard.ts';

openEgress({ loopback: true, hosts: [] });
const listener = new Listener();
const port = await listener.listen('127.0.0.1');

const connect = (send: string) =>
  `require('node:net').connect(${port}, '127.0.0.1').on('error', ({ code }) => ${send}(code)).on('connect', () => ${send}('connected'))`;
const code = connect(`require('node:worker_threads').parentPort.postMessage`);
const inUrl = (text: string) => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
const module = `import { createRequire } from 'node:module'; const require = createRequire('file:///'); ${code}`;

async function said(worker: Worker): Promise<unknown> {
  const [message] = (await once(worker, 'message')) as unknown[];
  await worker.terminate();
  return message;
}
const text = async (options: WorkerOptions = {}, of: typeof Worker = Worker) =>
  said(new of(code, { ...options, eval: true }));

class Own extends Worker {}
async function preloaded(): Promise<unknown> {
  const send = `globalThis.early.then((code) => require('node:worker_threads').parentPort.postMessage(code))`;
  const early = fileURLToPath(new URL('early.mjs', import.meta.url));
  return said(new Worker(send, { eval: true, execArgv: ['--require', early] }));
}
async function subclass(): Promise<unknown> {
  const own = new Own(code, { eval: true });
  return [own instanceof Own, own instanceof Worker, await said(own)];
}
const opening = `import(process.env.EGRESS_GUARD + '/egress.guard.js')
  .then(({ openEgress }) => openEgress({ loopback: true, hosts: [] }))
  .then(() => 'opened', ({ message }) => message)
  .then((m) => require('node:worker_threads').parentPort.postMessage(m))`;

answer({
  text: await text(),
  withoutOptions: await text({ execArgv: [] }),
  withOptions: await text({ execArgv: ['--no-warnings'] }),
  withoutEnvironment: await text({ env: {} }),
  sharedEnvironment: await text({ env: SHARE_ENV }),
  module: await said(new Worker(inUrl(module), { execArgv: [] })),
  preloaded: await preloaded(),
  ofTheModule: await text({ execArgv: [] }, workerThreads.Worker),
  constructors: await text({ execArgv: [] }, Worker.prototype.constructor as typeof Worker),
  subclass: await subclass(),
  opening: await said(new Worker(opening, { eval: true })),
  connections: listener.connections,
});
