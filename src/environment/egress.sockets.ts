/**
 * Every TCP connection of Node goes through `net.Socket.prototype.connect`: http, https, http2, tls, fetch, pg, MongoDB, the
 * AWS SDK. Here it asks the rules, resolves an admitted name once, judges every address of the answer, and connects to
 * those and no others, so that no second answer can lead elsewhere (DNS rebinding). Choosing among them stays Node's
 * (`autoSelectFamily`). A refusal arrives as a failed look-up does: an 'error' event, later.
 */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import net from 'node:net';
import { addressOf, hostOf } from './egress.address.js';
import { lock } from './egress.lock.js';
import { refuse, type EgressReason } from './egress.refusal.js';
import type { Admission, EgressRules } from './egress.rules.js';

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (host: string, options: LookupOptions, callback: Callback) => void;
type Options = Record<string, unknown>;
type Connect = (this: net.Socket, options: Options, callback?: unknown) => net.Socket;

/** Node's own reading of `connect(port, host)`, `connect(path)` and `connect(options)`, not documented but exported. */
const { _normalizeArgs: normalize } = net as unknown as {
  _normalizeArgs: (args: readonly unknown[]) => readonly [Options, unknown];
};

/** A name that Node looks up, so that it asks the `lookup` beside it. RFC 6761: it never resolves. */
const nowhere = 'refused.invalid';

function refusing(host: string, port: unknown, reason: EgressReason): Options {
  const attempt = { host, port: typeof port === 'number' ? port : undefined };
  const lookup: Lookup = (_, __, callback) => {
    process.nextTick(callback, refuse(attempt, reason), '', 0);
  };
  return { host: nowhere, port, lookup };
}

/** Unix sockets and named pipes lead to another process of this machine; on Windows `\\server\pipe\…` leads to another one. */
export function isLocalPipe(path: unknown, platform = process.platform): boolean {
  if (platform !== 'win32') return true;
  return typeof path === 'string' && /^\\\\[.?]\\pipe\\/i.test(path) && !path.includes('..');
}

/** As it was when the guard was loaded: what replaces it later is not asked. A test's own is preloaded in front. */
const systemLookup = dns.lookup as Lookup;

function pinning(rules: EgressRules, port: number, admission: Admission): Lookup {
  return (name, options, callback) => {
    systemLookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const answers = found as LookupAddress[];
      for (const answer of answers) {
        const address = addressOf(answer.address);
        const objection = address ? rules.objectionTo(address, port, admission) : 'not-a-host';
        if (objection) return callback(refuse({ host: name, port }, objection), '', 0);
      }
      if (options.all) return callback(null, answers);
      callback(null, answers[0]?.address ?? '', answers[0]?.family ?? 0);
    });
  };
}

/** What goes to Node instead of what the caller asked for: his `lookup` is not asked, and nothing is read twice. */
function judged(rules: EgressRules | undefined, options: Options): Options {
  if (options['path']) {
    // Node may take a socket with an address of its own for TCP all the same, and then looks for a host.
    const otherwise = refusing('a path', undefined, 'not-a-host');
    return isLocalPipe(options['path'])
      ? { ...otherwise, path: options['path'] }
      : refusing('a named pipe', 0, 'remote-pipe');
  }
  // An unusable port goes on as it is: Node throws, before anything else happens.
  const port = typeof options['port'] === 'string' ? Number(options['port']) : options['port'];
  const spelling = options['host'] || 'localhost';
  const host = typeof spelling === 'string' ? hostOf(spelling) : undefined;
  const refused = (reason: EgressReason): Options => ({
    ...options,
    ...refusing(host === undefined ? 'no host' : 'name' in host ? host.name : host.text, port, reason),
  });
  if (rules === undefined) return refused('closed');
  if (host === undefined) return refused('not-a-host');
  if ('name' in host) {
    const admission = rules.admissionOf(host.name, Number(port));
    if (admission === undefined) return refused('not-listed');
    return { ...options, port, host: host.name, lookup: pinning(rules, Number(port), admission) };
  }
  const objection = rules.objectionTo(host, Number(port));
  return objection === undefined ? { ...options, port, host: host.dial } : refused(objection);
}

export function guardSockets(rules: () => EgressRules | undefined): void {
  const { connect: original } = net.Socket.prototype as unknown as { connect: Connect };
  function connect(this: net.Socket, ...args: readonly unknown[]): net.Socket {
    const [first] = args;
    // `net.connect` hands over what it has normalized already.
    const [given, callback] = Array.isArray(first) ? (first as [Options, unknown]) : normalize(args);
    const options: Options = {};
    // With what is inherited: Node reads that, too.
    for (const key in given) options[key] = given[key];
    return original.call(this, judged(rules(), options), callback);
  }
  lock(net.Socket.prototype, 'connect', connect);
}
