/**
 * Where a connection may go (S4.3; docs/egress.md has the rules in words). An address is judged whether somebody wrote it
 * or a name resolved to it; a name only says how much its addresses may be.
 */
import { addressOf, hostOf, type Address, type AddressKind } from './egress.address.js';
import type { EgressReason } from './egress.refusal.js';

export interface EgressSettings {
  /** This machine's own addresses, and the name `localhost`. */
  readonly loopback: boolean;
  /** `api.example.com`, `*.example.com`, an address; each with `:port` or for every port. */
  readonly hosts: readonly string[];
}

/** How a name came to be admitted. */
export type Admission = 'exact' | 'wildcard' | 'localhost';

export interface EgressRules {
  /** Undefined: no rule names it. */
  readonly admissionOf: (name: string, port: number) => Admission | undefined;
  /** Why not, or undefined: it may be connected to. No admission: nobody named anything but the address. */
  readonly objectionTo: (address: Address, port: number, admission?: Admission) => EgressReason | undefined;
}

interface Entry {
  readonly kind: 'address' | 'exact' | 'wildcard';
  readonly text: string;
  readonly port: number | undefined;
}

const form = /^(?<wildcard>\*\.)?(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>[1-9]\d{0,4}))?$/;

function entryOf(text: string): Entry | undefined {
  // An IPv6 address without brackets is all host: its last group is no port.
  const literal = addressOf(text);
  if (literal !== undefined) return { kind: 'address', text: literal.text, port: undefined };
  const parts = form.exec(text)?.groups;
  const host = hostOf(parts?.['host'] ?? '');
  const port = parts?.['port'] === undefined ? undefined : Number(parts['port']);
  if (host === undefined || (port ?? 0) > 65_535) return undefined;
  const wildcard = parts?.['wildcard'] !== undefined;
  if (!('name' in host)) return wildcard ? undefined : { kind: 'address', text: host.text, port };
  // `*.com` would be half of the world.
  if (wildcard && !host.name.includes('.')) return undefined;
  return { kind: wildcard ? 'wildcard' : 'exact', text: host.name, port };
}

/** What is wrong with an entry of `hosts`, in words for whoever wrote the setting. */
export function egressHostProblem(text: string): string | undefined {
  return entryOf(text) === undefined
    ? `${JSON.stringify(text)} is not api.example.com, *.example.com or an address, with or without :port`
    : undefined;
}

const objections: Readonly<Record<AddressKind, EgressReason>> = {
  public: 'not-listed',
  private: 'private-address',
  loopback: 'loopback-address',
  'link-local': 'link-local-address',
  metadata: 'metadata-address',
  special: 'special-address',
};

/** What a name may resolve to. Loopback is the setting's business, whatever the name. */
const reach: Readonly<Record<Admission, readonly AddressKind[]>> = {
  exact: ['public', 'private'],
  wildcard: ['public'],
  localhost: [],
};

/** Throws when an entry cannot be read: a rule that was misread would refuse, or admit, something else. */
export function egressRules({ loopback, hosts }: EgressSettings): EgressRules {
  const entries = hosts.map((text) => {
    const entry = entryOf(text);
    if (entry === undefined) throw new TypeError(egressHostProblem(text));
    return entry;
  });
  const lists = (kind: Entry['kind'], port: number, matches: (text: string) => boolean): boolean =>
    entries.some(
      (entry) =>
        entry.kind === kind && (entry.port === undefined || entry.port === port) && matches(entry.text),
    );
  return {
    admissionOf(name, port) {
      if (lists('exact', port, (text) => text === name)) return 'exact';
      if (lists('wildcard', port, (text) => name.endsWith(`.${text}`))) return 'wildcard';
      return loopback && name === 'localhost' ? 'localhost' : undefined;
    },
    objectionTo({ text, kind }, port, admission) {
      if (lists('address', port, (listed) => listed === text)) return undefined;
      if (kind === 'loopback' && loopback) return undefined;
      return admission !== undefined && reach[admission].includes(kind) ? undefined : objections[kind];
    },
  };
}
