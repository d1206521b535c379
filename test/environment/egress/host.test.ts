/** Every spelling of an address is that address, and every spelling of a name that name: drawn, not chosen. */
import { describe, expect, it } from 'vitest';
import { addressOf, hostOf } from '../../../src/environment/egress.address.js';

/** A fixed seed: what fails once fails again. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const random = draws(20_261_121);
const below = (limit: number) => Math.floor(random() * limit);
const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;
const many = <T>(make: () => T): readonly T[] => Array.from({ length: 500 }, make);

/** Half of them where it matters. */
const interesting = [0x7f000001, 0xa9fea9fe, 0x0a000001, 0xc0a80101, 0, 0xffffffff];
const ipv4 = () => (random() < 0.5 ? below(2 ** 32) : oneOf(interesting));
const bytes = (ip: number) => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255);
const dotted = (ip: number) => bytes(ip).join('.');

const written = (n: number): string =>
  oneOf([String(n), `0${n.toString(8)}`, `0x${n.toString(16)}`, `0X${n.toString(16).toUpperCase()}`]);
/** One to four numbers, of which the last takes all that is left (inet_aton). */
function inetAton(ip: number): string {
  const parts = oneOf([1, 2, 3, 4]);
  const head = bytes(ip).slice(0, parts - 1);
  const rest = ip % 2 ** (32 - 8 * (parts - 1));
  return [...head, rest].map(written).join('.');
}
const groups = (ip: number) => `${(ip >>> 16).toString(16)}:${(ip & 0xffff).toString(16)}`;
const fullWidth = (text: string) =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

const spellings: Readonly<Record<string, (ip: number) => string>> = {
  'inet_aton, in three bases': inetAton,
  'with a dot behind': (ip) => `${inetAton(ip)}.`,
  'in full-width digits': (ip) => fullWidth(dotted(ip)),
  'with ideographic dots': (ip) => dotted(ip).replaceAll('.', '。'),
  'mapped, dotted': (ip) => `::ffff:${dotted(ip)}`,
  'mapped, in groups': (ip) => `::FFFF:${groups(ip)}`,
  'mapped, in full': (ip) => `0:0:0:0:0:ffff:${groups(ip)}`,
  'mapped, in brackets, with a zone': (ip) => `[::ffff:${groups(ip)}%lo]`,
};

describe.each(Object.entries(spellings))('an IPv4 address %s', (_, spell) => {
  it('is the address', () => {
    const wrong = many(ipv4)
      .map((ip) => ({ ip: dotted(ip), spelt: spell(ip) }))
      .filter(({ ip, spelt }) => {
        const host = hostOf(spelt);
        return !host || 'name' in host || host.text !== ip || host.dial !== ip;
      });
    expect(wrong).toEqual([]);
  });

  it('is of the same kind', () => {
    const wrong = many(ipv4).filter((ip) => {
      const host = hostOf(spell(ip));
      return !host || 'name' in host || host.kind !== addressOf(dotted(ip))!.kind;
    });
    expect(wrong.map(dotted)).toEqual([]);
  });
});

it('behind a gateway, a public IPv4 address is itself, and any other is nobody’s', () => {
  for (const ip of many(ipv4)) {
    const [text, kind] = [dotted(ip), addressOf(dotted(ip))!.kind];
    for (const behind of [`64:ff9b::${groups(ip)}`, `2002:${groups(ip)}::1`]) {
      const address = addressOf(behind)!;
      expect([behind, address.kind]).toEqual([behind, kind === 'public' ? 'public' : 'special']);
      expect(address.text === text).toBe(kind === 'public');
      // A gateway is still what carries it there.
      expect(address.dial).toContain(':');
    }
  }
});

it('an IPv6 address is one, in brackets, in capitals, in full and with a zone', () => {
  for (const _ of many(below.bind(undefined, 1))) {
    const parts = Array.from({ length: 8 }, () => (random() < 0.4 ? 0 : below(2 ** 16)));
    const full = parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
    const { text } = addressOf(full)!;
    for (const spelt of [full, full.toUpperCase(), `[${full}]`, `${full}%eth0`, text])
      expect(hostOf(spelt)).toMatchObject({ text });
  }
});

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');
const label = () => `n${Array.from({ length: 1 + below(12) }, () => oneOf(letters)).join('')}`;
const name = () => Array.from({ length: 1 + below(4) }, label).join('.');
const mixedCase = (text: string) =>
  text
    .split('')
    .map((c) => (random() < 0.5 ? c.toUpperCase() : c))
    .join('');

it('a name is one, in any case, with or without a trailing dot', () => {
  for (const plain of many(name))
    for (const spelt of [plain, mixedCase(plain), `${mixedCase(plain)}.`])
      expect(hostOf(spelt)).toEqual({ name: plain });
});

it('what is canonical stays as it is', () => {
  for (const plain of [...many(name), ...many(() => dotted(ipv4()))]) {
    const host = hostOf(plain)!;
    expect(hostOf('name' in host ? host.name : host.text)).toEqual(host);
  }
});

it('what a URL would cut off, decode or join makes it no host', () => {
  const marks = '/\\?#@%:<>|^"\'`{}$&+=,;!*() \t\n\r\0'.split('');
  const spoilt = many(name).map((plain) => {
    const at = below(plain.length + 1);
    return `${plain.slice(0, at)}${oneOf(marks)}${plain.slice(at)}`;
  });
  expect(spoilt.filter((text) => hostOf(text) !== undefined)).toEqual([]);
});

it.each([
  '',
  '.',
  '..',
  'a..b',
  '.a',
  'a..',
  '-a.test',
  'a-.test',
  '[a.test]',
  '[127.0.0.1]',
  '[::1',
  '::1]',
  'x'.repeat(64),
  `${'a.'.repeat(130)}a`,
  '1.2.3.4.5',
  '256.1.1.1',
  '4294967296',
  'a.0x1',
  '09.1.1.1',
])('%j is neither a name nor an address', (spelling) => {
  expect(hostOf(spelling)).toBeUndefined();
});
