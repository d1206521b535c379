/**
 * Stands before the guard in the order of `--import`, so the guard takes this for the system's resolver: the seam for tests,
 * which needs nothing in the guard. No name leaves this machine. A name answers its lists in turn, and then the last again.
 */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';

const answers: Record<string, readonly (readonly string[])[]> = {
  localhost: [['127.0.0.1']],
  'api.allowed.test': [['127.0.0.1']],
  'shop.allowed.test': [['127.0.0.1']],
  'rebinds.allowed.test': [['127.0.0.1'], ['127.0.0.9']],
  'mixed.allowed.test': [['127.0.0.1', '169.254.169.254']],
  'two.allowed.test': [['127.0.0.8', '127.0.0.1']],
  'private.allowed.test': [['10.1.2.3']],
  'private.wild.test': [['10.1.2.3']],
  'unique-local.wild.test': [['fd12:3456::1']],
  'metadata.allowed.test': [['169.254.169.254']],
  'link-local.allowed.test': [['fe80::1']],
  'mapped.allowed.test': [['::ffff:169.254.169.254']],
  'loopback.wild.test': [['127.0.0.9']],
};

/** How often each name was asked for. */
export const asked: Record<string, number> = {};

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

dns.lookup = ((name: string, options: LookupOptions, callback: Callback) => {
  const turn = asked[name] ?? 0;
  asked[name] = turn + 1;
  // A server that listens on an address has it looked up, too.
  const lists = isIP(name) ? [[name]] : answers[name];
  const found = (lists?.[turn] ?? lists?.at(-1) ?? []).map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  if (found.length === 0) {
    process.nextTick(callback, Object.assign(new Error(`not found: ${name}`), { code: 'ENOTFOUND' }));
  } else if (options.all) process.nextTick(callback, null, found);
  else process.nextTick(callback, null, found[0]!.address, found[0]!.family);
}) as typeof dns.lookup;
