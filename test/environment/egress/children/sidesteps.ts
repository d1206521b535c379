/** Tries every way out that is no TCP connection, with rules that would admit the host. */
import dgram from 'node:dgram';
import dns, { promises, resolve4, Resolver } from 'node:dns';
import resolvers from 'node:dns/promises';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { answer, openEgress, outcomeOf } from './guard.ts';

openEgress({ loopback: true, hosts: ['api.allowed.test'] });

const host = 'api.allowed.test';
const names = (target: object) =>
  Object.getOwnPropertyNames(target).filter((name) => /^(resolve|reverse|lookupService)/.test(name));
type Queries = Record<string, (...args: unknown[]) => unknown>;

async function byCallback(target: object, of: object): Promise<Record<string, string>> {
  const queries = of as Queries;
  const outcomes = names(target).map(async (name) => {
    const query = queries[name]!.bind(of, name === 'reverse' ? '127.0.0.1' : host);
    return [name, await outcomeOf(promisify(query)())];
  });
  return Object.fromEntries(await Promise.all(outcomes)) as Record<string, string>;
}
async function byPromise(target: object, of: object): Promise<Record<string, string>> {
  const queries = of as Queries;
  const outcomes = names(target).map(async (name) => [
    name,
    await outcomeOf(Promise.resolve(queries[name]!(host))),
  ]);
  return Object.fromEntries(await Promise.all(outcomes)) as Record<string, string>;
}
const caught = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

const socket = () => dgram.createSocket('udp4');
const binding = (process as unknown as { binding: (name: string) => unknown }).binding;
type Sync = Record<'bindSync' | 'connectSync', (...args: unknown[]) => void>;

answer({
  udp: {
    send: await outcomeOf(
      new Promise((resolve, reject) => {
        socket().send('secret', 53, '127.0.0.1', (error) => (error ? reject(error) : resolve(undefined)));
      }),
    ),
    sendWithoutCallback: await outcomeOf(failing((udp) => udp.send('secret', 53, '127.0.0.1'))),
    sendto: await outcomeOf(
      failing((udp) => {
        (udp as unknown as { sendto: (...args: unknown[]) => void }).sendto('secret', 0, 6, 53, '127.0.0.1');
      }),
    ),
    connect: await outcomeOf(promisify(socket().connect.bind(socket()))(53)),
    bind: await outcomeOf(failing((udp) => udp.bind(0, '127.0.0.1'))),
    bindSync: caught(() => (socket() as unknown as Sync).bindSync()),
    connectSync: caught(() => (socket() as unknown as Sync).connectSync(53, '127.0.0.1')),
  },
  dns: await byCallback(dns, dns),
  resolver: await byCallback(Resolver.prototype, new Resolver()),
  promises: await byPromise(promises, promises),
  promisesModule: await byPromise(resolvers, resolvers),
  promisesResolver: await byPromise(promises.Resolver.prototype, new promises.Resolver()),
  named: await outcomeOf(promisify(resolve4)(host)),
  withoutCallback: caught(() => (resolve4 as unknown as (name: string) => void)(host)),
  lookup: await promises.lookup('127.0.0.1'),
  bindings: ['tcp_wrap', 'udp_wrap', 'pipe_wrap', 'cares_wrap', 'natives'].map((name) =>
    caught(() => binding(name)),
  ),
});

async function failing(work: (udp: dgram.Socket) => unknown): Promise<void> {
  const udp = socket();
  const failed = once(udp, 'error');
  work(udp);
  const [error] = (await failed) as [Error];
  throw error;
}
