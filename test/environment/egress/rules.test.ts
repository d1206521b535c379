/** What an entry of `hosts` admits, and what it does not. */
import { describe, expect, it } from 'vitest';
import { addressOf, hostOf } from '../../../src/environment/egress.address.js';
import { isLocalPipe } from '../../../src/environment/egress.sockets.js';
import { egressHostProblem, egressRules } from '../../../src/environment/egress.rules.js';

const admission = (entry: string, name: string, port = 443) =>
  egressRules({ loopback: false, hosts: [entry] }).admissionOf(name, port);
const objection = (
  entry: string,
  address: string,
  port = 443,
  admitted?: 'exact' | 'wildcard' | 'localhost',
) => egressRules({ loopback: false, hosts: [entry] }).objectionTo(addressOf(address)!, port, admitted);

describe('a name', () => {
  it.each([
    ['api.example.com', 'api.example.com', 443, 'exact'],
    ['API.example.com.', 'api.example.com', 443, 'exact'],
    ['api.example.com:443', 'api.example.com', 443, 'exact'],
    ['api.example.com:443', 'api.example.com', 80, undefined],
    ['postgres', 'postgres', 5432, 'exact'],
    ['*.example.com', 'shop.example.com', 443, 'wildcard'],
    ['*.example.com', 'a.b.example.com', 443, 'wildcard'],
    ['*.example.com:443', 'a.example.com', 80, undefined],
    ['*.example.com', 'example.com', 443, undefined],
    ['*.example.com', 'badexample.com', 443, undefined],
    ['*.example.com', 'example.com.test', 443, undefined],
    ['example.com', 'api.example.com', 443, undefined],
    ['127.0.0.1', 'localhost', 443, undefined],
  ])('%s: %s, port %d: %s', (entry, name, port, expected) => {
    expect(admission(entry, name, port)).toBe(expected);
  });

  it('is exact where both an exact and a wildcard entry have it', () => {
    const rules = egressRules({ loopback: false, hosts: ['*.example.com', 'db.example.com'] });
    expect(rules.admissionOf('db.example.com', 1)).toBe('exact');
  });

  it('localhost goes with loopback, and resolves to nothing else', () => {
    const rules = egressRules({ loopback: true, hosts: [] });
    expect(rules.admissionOf('localhost', 80)).toBe('localhost');
    expect(rules.admissionOf('x.localhost', 80)).toBeUndefined();
    expect(rules.objectionTo(addressOf('127.0.0.1')!, 80, 'localhost')).toBeUndefined();
    expect(rules.objectionTo(addressOf('8.8.8.8')!, 80, 'localhost')).toBe('not-listed');
    expect(rules.objectionTo(addressOf('10.0.0.1')!, 80, 'localhost')).toBe('private-address');
  });
});

describe('an address that a name resolves to', () => {
  it.each([
    ['8.8.8.8', undefined, undefined],
    ['2606:4700::1', undefined, undefined],
    ['64:ff9b::808:808', undefined, undefined],
    ['10.1.2.3', undefined, 'private-address'],
    ['fd12::1', undefined, 'private-address'],
    ['127.0.0.1', 'loopback-address', 'loopback-address'],
    ['169.254.1.1', 'link-local-address', 'link-local-address'],
    ['fe80::1', 'link-local-address', 'link-local-address'],
    ['169.254.169.254', 'metadata-address', 'metadata-address'],
    ['fd00:ec2::254', 'metadata-address', 'metadata-address'],
    ['168.63.129.16', 'metadata-address', 'metadata-address'],
    ['100.64.0.1', 'special-address', 'special-address'],
    ['0.0.0.0', 'special-address', 'special-address'],
    ['64:ff9b::a01:203', 'special-address', 'special-address'],
  ])('%s: by an exact name %s, by a wildcard %s', (address, exact, wildcard) => {
    expect(objection('x.test', address, 443, 'exact')).toBe(exact);
    expect(objection('x.test', address, 443, 'wildcard')).toBe(wildcard);
  });
});

describe('an address that is listed', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5:443', '10.0.0.5'],
    ['0x0a.5', '10.0.0.5'],
    ['169.254.169.254', '169.254.169.254'],
    ['169.254.169.254', '::ffff:a9fe:a9fe'],
    ['::1', '::1'],
    ['[::1]:443', '::1'],
    ['[fd00:ec2::254]', 'fd00:ec2::254'],
    ['fe80::1', 'fe80::1%eth0'],
    ['8.8.8.8', '64:ff9b::808:808'],
    ['64:ff9b::7f00:1', '64:ff9b::7f00:1'],
  ])('%s admits %s', (entry, address) => {
    expect(objection(entry, address)).toBeUndefined();
  });

  it.each([
    ['10.0.0.5:80', '10.0.0.5', 'private-address'],
    ['[::1]:80', '::1', 'loopback-address'],
    ['127.0.0.1', '64:ff9b::7f00:1', 'special-address'],
    ['127.0.0.1', '127.0.0.2', 'loopback-address'],
    ['8.8.8.8', '8.8.4.4', 'not-listed'],
  ])('%s does not admit %s', (entry, address, expected) => {
    expect(objection(entry, address)).toBe(expected);
  });
});

it.each([
  '',
  '*',
  '*.com',
  '*.10.0.0.1',
  'a.*.com',
  'a*.example.com',
  ['https:', 'a.test'].join('//'),
  'a.test/x',
  'a.test:',
  'a.test:0',
  'a.test:65536',
  'a.test:x',
  '10.0.0.0/8',
  '[::1',
  '[::1]x',
  ' a.test',
  'user@a.test',
])('%j is no entry', (entry) => {
  expect(egressHostProblem(entry)).toContain('with or without :port');
  expect(() => egressRules({ loopback: false, hosts: [entry] })).toThrow(TypeError);
});

it.each(['api.example.com', '*.example.com:443', '10.0.0.1', '[::1]:5432', '::1'])('%j is one', (entry) => {
  expect(egressHostProblem(entry)).toBeUndefined();
});

it('names are compared in their ASCII form', () => {
  const host = hostOf('BÜCHER.example.com');
  expect(host).toEqual({ name: 'xn--bcher-kva.example.com' });
  expect(admission('bücher.example.com', 'xn--bcher-kva.example.com')).toBe('exact');
});

describe('a pipe', () => {
  it.each(['\\\\.\\pipe\\docker', '\\\\?\\PIPE\\x'])('%s is on this Windows machine', (path) => {
    expect(isLocalPipe(path, 'win32')).toBe(true);
  });

  it.each([
    '\\\\server\\pipe\\x',
    '//server/pipe/x',
    '\\\\.\\UNC\\server\\pipe\\x',
    '\\\\.\\pipe\\..\\UNC\\s\\pipe\\x',
    'C:\\x',
  ])('%s may be on another', (path) => {
    expect(isLocalPipe(path, 'win32')).toBe(false);
  });

  it('of Unix is always here', () => {
    expect(isLocalPipe('//run/x.sock', 'linux')).toBe(true);
  });
});
