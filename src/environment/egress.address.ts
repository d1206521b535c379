/**
 * What a host's spelling means. Every spelling of an address (decimal, octal, hexadecimal, short, IPv4 inside IPv6, with
 * brackets or a zone) is one address; every spelling of a name (case, trailing dot, Unicode) is one name; anything else is
 * neither, and is never handed to a resolver. Ranges are ipaddr.js's, which follow IANA's registries of special purpose.
 */
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';

export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'metadata' | 'special';

export interface Address {
  /** The one spelling that rules compare. */
  readonly text: string;
  readonly kind: AddressKind;
  /** What to connect to: a zone and a gateway's prefix matter there, and not to the rules. */
  readonly dial: string;
}

export type Host = Address | { readonly name: string };

const ranges = (...texts: readonly string[]) => texts.map((text) => ipaddr.parseCIDR(text));

/** Services that answer every process of a machine with its credentials: AWS (IMDS, ECS, EKS), Azure, Google Cloud. */
const metadata = ranges(
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  '168.63.129.16/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
);
/** RFC 6052 and RFC 3056: a gateway sends on to the IPv4 address inside. */
const nat64 = ranges('64:ff9b::/96');
const sixToFour = ranges('2002::/16');
/** All that IANA has given out. ipaddr.js calls the rest of IPv6 unicast, too. */
const globalUnicast = ranges('2000::/3');

const kinds: Readonly<Record<string, AddressKind>> = {
  unicast: 'public',
  private: 'private',
  uniqueLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'link-local',
};

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

const within = (ip: Ip, list: ReturnType<typeof ranges>): boolean =>
  ipaddr.subnetMatch(ip, { within: list }, 'outside') === 'within';

function kindOf(ip: Ip): AddressKind {
  if (within(ip, metadata)) return 'metadata';
  const kind = kinds[ip.range()] ?? 'special';
  return kind === 'public' && ip.kind() === 'ipv6' && !within(ip, globalUnicast) ? 'special' : kind;
}

function carriedBy(ip: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (within(ip, nat64)) return new ipaddr.IPv4(ip.toByteArray().slice(12));
  if (within(ip, sixToFour)) return new ipaddr.IPv4(ip.toByteArray().slice(2, 6));
  return undefined;
}

/** Undefined: not an address. */
export function addressOf(spelling: string): Address | undefined {
  if (!ipaddr.isValid(spelling)) return undefined;
  // Also takes an IPv4 address out of its IPv4-mapped form: a socket connects to the same either way.
  const ip = ipaddr.process(spelling);
  if (ip instanceof ipaddr.IPv4) return { text: ip.toString(), kind: kindOf(ip), dial: ip.toString() };
  const carried = carriedBy(ip);
  const text = new ipaddr.IPv6(ip.parts).toRFC5952String();
  const dial = ip.zoneId === undefined ? text : `${text}%${ip.zoneId}`;
  if (carried === undefined) return { text, kind: kindOf(ip), dial };
  const kind = kindOf(carried);
  // "This machine" or "this network" behind a gateway is the gateway's, so no rule for our own may admit it.
  return kind === 'public' ? { text: carried.toString(), kind, dial } : { text, kind: 'special', dial };
}

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const wellFormed = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);

/** Undefined: neither an address nor a name. */
export function hostOf(spelling: string): Host | undefined {
  const bare = /^\[(?<inside>.*:.*)\]$/s.exec(spelling)?.groups?.['inside'] ?? spelling;
  if (bare.includes(':')) return addressOf(bare);
  // What a URL would decode or cut off is not part of a name; domainToASCII would do either.
  if (!/^[\w.\-\u0080-\u{10ffff}]+$/u.test(bare)) return undefined;
  // As the platform's resolver would after it, this reads full-width digits and ideographic dots (UTS 46).
  const ascii = domainToASCII(bare).replace(/\.$/, '');
  const address = addressOf(ascii);
  if (address !== undefined) return address;
  return wellFormed.test(ascii) ? { name: ascii } : undefined;
}
