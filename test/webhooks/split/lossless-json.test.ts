import { expect, test } from 'vitest';
import { parseLossless } from '../../../src/webhooks/split/lossless-json.js';

const parse = (text: string) => parseLossless(Buffer.from(text));

test('integers beyond 2^53 are strings with every digit, and others are numbers', () => {
  const text =
    '{"a":820982911946154508123,"b":-9007199254740993,"c":9007199254740992,"d":9007199254740991,"e":[7]}';
  expect(parse(text)).toEqual({
    a: '820982911946154508123',
    b: '-9007199254740993',
    c: '9007199254740992',
    d: 9007199254740991,
    e: [7],
  });
  expect(parse('9007199254740993')).toBe('9007199254740993');
  expect(parse('18446744073709551616')).toBe('18446744073709551616');
});

test('what is no integer stays what JSON.parse makes of it, beside a long one too', () => {
  for (const text of [
    '1e30',
    '-0.5',
    '1.0',
    '398.00',
    '12345678901234567.5',
    '"820982911946154508123"',
    'null',
  ]) {
    expect(parse(`[${text}]`)).toEqual([JSON.parse(text)]);
    expect(parse(`[${text},820982911946154508123]`)).toEqual([JSON.parse(text), '820982911946154508123']);
  }
});

test('of two equal keys the last wins, as in JSON.parse', () => {
  expect(parse('{"id":1,"id":820982911946154508123}')).toEqual({ id: '820982911946154508123' });
});

test('a key __proto__ or constructor is a property and reaches no prototype', () => {
  for (const long of ['1', '820982911946154508123']) {
    const parsed = parse(
      `{"__proto__":{"polluted":${long}},"constructor":{"prototype":{"polluted":1}}}`,
    ) as object;
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(parsed).not.toHaveProperty('polluted');
  }
});

test('100 levels are read, and 101 are not, whatever the strings hold', () => {
  const nested = (depth: number, inner: string) =>
    '[{"a":'.repeat(depth / 2) + inner + '}]'.repeat(depth / 2);
  expect(parse(nested(100, '1'))).toBeDefined();
  expect(parse(nested(100, '[]'))).toBeUndefined();
  expect(parse(nested(100, '{}'))).toBeUndefined();
  const brackets = '['.repeat(200);
  for (const text of [brackets, `"${brackets}`, `\\"${brackets}"`, `\\${brackets}\\`]) {
    expect(parse(JSON.stringify([text, text]))).toEqual([text, text]);
  }
  expect(parse(`[${Array.from({ length: 300 }, () => '[[],{}]').join()}]`)).toHaveLength(300);
});

test('three megabytes of nesting are refused, closed or not', () => {
  for (const open of ['[', '{"a":', '[{"a":'])
    expect(parse(open.repeat(3_000_000 / open.length))).toBeUndefined();
  expect(parse('['.repeat(1_500_000) + ']'.repeat(1_500_000))).toBeUndefined();
});

test('what is not UTF-8 or not JSON is undefined; a byte order mark is skipped', () => {
  const bad = [
    [0xff, 0xfe, 0x7b],
    [0x22, 0xc3, 0x28, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
  ];
  for (const bytes of bad) expect(parseLossless(Buffer.from(bytes))).toBeUndefined();
  for (const text of ['', ' ', '{', '{"a":1}x', "{'a':1}", '{"a":NaN}', '01', '"\n"']) {
    expect(parse(text)).toBeUndefined();
  }
  expect(parse('\ufeff{"a":"ä😀"}')).toEqual({ a: 'ä😀' });
});
