/**
 * Library x spelling x world: what the guard must answer. Later issues add rows here: a spelling that once got through, or a
 * library that the application begins to use (its attempt goes into `children/libraries.ts`). The worlds are processes
 * with one set of rules each; names answer what `children/resolver.ts` says.
 */
import type { EgressReason } from '../../../src/environment/egress.refusal.js';
import type { EgressSettings } from '../../../src/environment/egress.rules.js';

export const libraryNames = [
  'fetch',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'net.Socket',
  'node:tls',
  'pg',
  'mongoose',
  '@aws-sdk/client-sts',
] as const;
export type LibraryName = (typeof libraryNames)[number];

/** These read the host out of a URL, so they cannot be given what no URL can hold, and canonicalize some by themselves. */
export const takesOnlyUrls: readonly LibraryName[] = [
  'fetch',
  'node:http2',
  'mongoose',
  '@aws-sdk/client-sts',
];

export const worlds = {
  /** As preloaded: settings are not read. */
  closed: undefined,
  /** As in local: this machine and nothing else. */
  loopback: { loopback: true, hosts: [] },
  /** As where hosts are listed; the one address of this machine stands for the internet. */
  listed: { loopback: false, hosts: ['127.0.0.1', '*.allowed.test', 'private.allowed.test', '*.wild.test'] },
} as const satisfies Record<string, EgressSettings | undefined>;
export type World = keyof typeof worlds;

/** `reached`: the listener saw the connection. Otherwise why it was refused, and the listener saw none. */
export type Expected = 'reached' | EgressReason;

export interface Spelling {
  readonly host: string;
  readonly loopback: Expected;
  readonly listed: Expected;
  /** No URL can hold it. */
  readonly notInUrls?: true;
  /** Needs this machine to have IPv6. */
  readonly ipv6?: true;
}

const thisMachine = (host: string) => ({ host, loopback: 'reached', listed: 'reached' }) as const;
const refused = (host: string, reason: EgressReason) => ({ host, loopback: reason, listed: reason }) as const;
const named = (host: string, listed: Expected) => ({ host, loopback: 'not-listed', listed }) as const;

export const spellings: readonly Spelling[] = [
  // Names.
  named('api.allowed.test', 'reached'),
  named('api.allowed.test.', 'reached'),
  named('API.Allowed.TEST', 'reached'),
  named('unlisted.test', 'not-listed'),
  named('allowed.test', 'not-listed'),
  named('notallowed.test', 'not-listed'),
  named('api.allowed.test.evil.test', 'not-listed'),
  { host: 'localhost', loopback: 'reached', listed: 'not-listed' },
  { host: 'LOCALHOST.', loopback: 'reached', listed: 'not-listed' },
  // Names by what they resolve to.
  named('private.wild.test', 'private-address'),
  named('unique-local.wild.test', 'private-address'),
  named('loopback.wild.test', 'loopback-address'),
  named('metadata.allowed.test', 'metadata-address'),
  named('mapped.allowed.test', 'metadata-address'),
  named('link-local.allowed.test', 'link-local-address'),
  named('mixed.allowed.test', 'metadata-address'),
  // 127.0.0.1, spelt otherwise.
  thisMachine('127.0.0.1'),
  thisMachine('127.0.0.1.'),
  thisMachine('2130706433'),
  thisMachine('0177.0.0.1'),
  thisMachine('017700000001'),
  thisMachine('0x7f.1'),
  thisMachine('0x7f000001'),
  thisMachine('127.1'),
  thisMachine('::ffff:127.0.0.1'),
  thisMachine('::ffff:7f00:1'),
  thisMachine('[::ffff:127.0.0.1]'),
  { ...thisMachine('１２７.0.0.1'), notInUrls: true },
  // Other addresses of this machine.
  { host: '127.0.0.9', loopback: 'reached', listed: 'loopback-address' },
  { host: '::1', loopback: 'reached', listed: 'loopback-address', ipv6: true },
  { host: '[::1]', loopback: 'reached', listed: 'loopback-address', ipv6: true },
  refused('0.0.0.0', 'special-address'),
  refused('0', 'special-address'),
  refused('::', 'special-address'),
  // Private, shared, unique local.
  refused('10.0.0.1', 'private-address'),
  refused('172.16.0.1', 'private-address'),
  refused('192.168.1.1', 'private-address'),
  refused('3232235777', 'private-address'),
  refused('::ffff:10.0.0.1', 'private-address'),
  refused('fd12:3456::1', 'private-address'),
  refused('100.64.0.1', 'special-address'),
  // Link-local and metadata.
  refused('169.254.169.254', 'metadata-address'),
  refused('2852039166', 'metadata-address'),
  refused('0xa9fea9fe', 'metadata-address'),
  refused('0251.0376.0251.0376', 'metadata-address'),
  refused('::ffff:a9fe:a9fe', 'metadata-address'),
  refused('169.254.170.2', 'metadata-address'),
  refused('fd00:ec2::254', 'metadata-address'),
  refused('169.254.1.1', 'link-local-address'),
  refused('fe80::1', 'link-local-address'),
  { ...refused('fe80::1%lo', 'link-local-address'), notInUrls: true },
  // Behind a gateway.
  refused('64:ff9b::7f00:1', 'special-address'),
  refused('64:ff9b::a9fe:a9fe', 'special-address'),
  refused('2002:7f00:1::', 'special-address'),
  refused('::7f00:2', 'special-address'),
  // Multicast, broadcast, documentation, benchmark.
  refused('224.0.0.1', 'special-address'),
  refused('255.255.255.255', 'special-address'),
  refused('192.0.2.1', 'special-address'),
  refused('198.18.0.1', 'special-address'),
  refused('ff02::1', 'special-address'),
  refused('2001:db8::1', 'special-address'),
  // Public, and not listed.
  refused('8.8.8.8', 'not-listed'),
  refused('2606:4700::1', 'not-listed'),
  // Neither a name nor an address.
  { ...refused('1.2.3.256', 'not-a-host'), notInUrls: true },
  { ...refused('api.allowed.test/path?token=1', 'not-a-host'), notInUrls: true },
  { ...refused('user:secret@api.allowed.test', 'not-a-host'), notInUrls: true },
  { ...refused('api.allowed.test%00', 'not-a-host'), notInUrls: true },
];

export const runs = (library: LibraryName, { notInUrls }: Spelling): boolean =>
  !(notInUrls && takesOnlyUrls.includes(library));
