/**
 * The ways out that are no TCP connection of Node's: UDP, c-ares (which has sockets of its own), and raw handles. Nothing
 * here needs one, so no rule opens them. `dns.lookup` asks the system, as the guard itself does, and stays.
 */
import type { EventEmitter } from 'node:events';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { hostOf } from './egress.address.js';
import { lock } from './egress.lock.js';
import { refuse, type EgressRefusedError } from './egress.refusal.js';

type Arguments = readonly unknown[];

const callbackOf = (args: Arguments) => {
  const last = args.at(-1);
  return typeof last === 'function' ? (last as (error: Error) => void) : undefined;
};

function canonical(spelling: unknown): string {
  const host = typeof spelling === 'string' ? hostOf(spelling) : undefined;
  if (host === undefined) return 'no host';
  return 'name' in host ? host.name : host.text;
}

/** A message may be text, too, so an address is looked for behind the first argument. */
function refuseUdp(args: Arguments): EgressRefusedError {
  const host = args.slice(1).find((arg) => typeof arg === 'string');
  const port = args.findLast((arg) => typeof arg === 'number');
  return refuse({ host: canonical(host), port }, 'udp');
}

/** `bind`, too: a socket that only listens has nobody here to listen to. */
export function guardDatagrams(): void {
  const { prototype } = dgram.Socket;
  const emits = (socket: EventEmitter, error: Error): EventEmitter => {
    process.nextTick(() => socket.emit('error', error));
    return socket;
  };
  for (const name of ['connect', 'send'])
    lock(prototype, name, function attempt(this: EventEmitter, ...args: Arguments): void {
      const [error, callback] = [refuseUdp(args), callbackOf(args)];
      if (callback) process.nextTick(callback, error);
      else emits(this, error);
    });
  // Its callback is for 'listening', and hears of no error.
  lock(prototype, 'bind', function bind(this: EventEmitter, ...args: Arguments): EventEmitter {
    return emits(this, refuseUdp(args));
  });
  for (const name of ['bindSync', 'connectSync'])
    lock(prototype, name, (...args: Arguments): never => {
      throw refuseUdp(args);
    });
}

/** All queries, on the module and on a resolver of one's own. `lookupService` asks the network by the same protocol. */
const query = /^(?:resolve|reverse$|lookupService$)/;

const queriesOf = (target: object): readonly string[] =>
  Object.getOwnPropertyNames(target).filter((name) => query.test(name));

const refuseQuery = ([name]: Arguments): EgressRefusedError =>
  refuse({ host: canonical(name), port: undefined }, 'resolver');

export function guardResolver(): void {
  for (const target of [dns, dns.Resolver.prototype])
    for (const name of queriesOf(target))
      lock(target, name, (...args: Arguments): void => {
        const [error, callback] = [refuseQuery(args), callbackOf(args)];
        if (callback === undefined) throw error;
        process.nextTick(callback, error);
      });
  for (const target of [dns.promises, dns.promises.Resolver.prototype])
    for (const name of queriesOf(target))
      lock(target, name, async (...args: Arguments): Promise<never> => {
        throw refuseQuery(args);
      });
}

const rawHandles = new Set(['tcp_wrap', 'udp_wrap', 'pipe_wrap', 'cares_wrap']);

/** Deprecated (DEP0111) and still there: it hands out what all of the above is made of. */
export function guardBindings(): void {
  const owner = process as unknown as { binding: (name: string) => unknown };
  const { binding } = owner;
  lock(owner, 'binding', (name: unknown) => {
    const text = String(name);
    if (rawHandles.has(text)) throw refuse({ host: text, port: undefined }, 'binding');
    return binding.call(owner, text);
  });
}
