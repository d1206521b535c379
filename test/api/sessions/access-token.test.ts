/** An attack file: what is not sealed by one of our keys, in our one way, is refused, and always in the same words. */
import { generateKeyPairSync, randomBytes, sign as signWith } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Attack, expectAllRefused, forge, hmac, without, type Part, type Sign } from './forge.js';

let attack: Attack;
let header: Part;
let claims: Part;
beforeAll(async () => {
  attack = await Attack.begin();
  ({ header, claims } = attack);
});
afterAll(() => attack.t.close());

test('the forger of this file makes good tokens, or its bad ones would prove nothing', async () => {
  expect(forge(header, claims, attack.ours).split('.')[2]).toHaveLength(43);
  await attack.present(forge(header, claims, attack.ours)).expect(200);
  await attack.present(forge({ kid: 'test', typ: 'at+jwt', alg: 'HS256' }, claims, attack.ours)).expect(200);
});

test('S-32: the algorithm is pinned: none, other HMACs and every public-key algorithm are refused', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const rs256: Sign = (input) => signWith('sha256', Buffer.from(input), rsa.privateKey).toString('base64url');
  const es256: Sign = (input) =>
    signWith('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
      'base64url',
    );
  const eddsa: Sign = (input) => signWith(null, Buffer.from(input), ed.privateKey).toString('base64url');
  const nothing: Sign = () => '';
  await expectAllRefused(attack, {
    'none, unsigned': forge({ ...header, alg: 'none' }, claims, nothing),
    'none, signed': forge({ ...header, alg: 'none' }, claims, attack.ours),
    'None, unsigned': forge({ ...header, alg: 'None' }, claims, nothing),
    'NONE, unsigned': forge({ ...header, alg: 'NONE' }, claims, nothing),
    'HS256 declared, unsigned': forge(header, claims, nothing),
    'no algorithm': forge(without(header, 'alg'), claims, attack.ours),
    'hs256 in small letters': forge({ ...header, alg: 'hs256' }, claims, attack.ours),
    'a list of algorithms': forge({ ...header, alg: ['HS256'] }, claims, attack.ours),
    'HS384 with our key': forge({ ...header, alg: 'HS384' }, claims, hmac('sha384', attack.key)),
    'HS512 with our key': forge({ ...header, alg: 'HS512' }, claims, hmac('sha512', attack.key)),
    'HS512 called HS256': forge(header, claims, hmac('sha512', attack.key)),
    'RS256 by an attacker': forge({ ...header, alg: 'RS256' }, claims, rs256),
    'RS256 called, HMAC with our key': forge({ ...header, alg: 'RS256' }, claims, attack.ours),
    'RS256 called HS256': forge(header, claims, rs256),
    'HS256 with a public key as secret': forge(header, claims, hmac('sha256', String(pem))),
    'ES256 by an attacker': forge({ ...header, alg: 'ES256' }, claims, es256),
    'EdDSA by an attacker': forge({ ...header, alg: 'EdDSA' }, claims, eddsa),
  });
});

test('S-36: only a key that we hold is a key: other keys, the empty one and its name are refused', async () => {
  const refreshKey = attack.t.settings.refreshTokenKeys[0]!.secret;
  const keys: Record<string, Buffer | string> = {
    'a random key': randomBytes(32),
    'the empty key': '',
    'the name of the key': 'test',
    'our key as text': attack.key.toString('base64url'),
    'our key without its last byte': attack.key.subarray(0, -1),
    'the key of refresh tokens': refreshKey,
  };
  await expectAllRefused(
    attack,
    Object.fromEntries(
      Object.entries(keys).map(([name, each]) => [name, forge(header, claims, hmac('sha256', each))]),
    ),
  );
});

test('a kid that is missing, unknown or made to inject finds no key', async () => {
  const kids: Part = {
    'a file': '/dev/null',
    'a path': '../../../../dev/null',
    SQL: `test' UNION SELECT 'aa`,
    'another name': 'other',
    'other letters': 'TEST',
    'a space behind': 'test ',
    empty: '',
    'a property': '__proto__',
    'a method': 'constructor',
    'a number': 0,
    nothing: null,
    'a list': ['test'],
    'an object': { kid: 'test' },
    'an address': 'https://attacker.example/key',
  };
  const byOurs = Object.entries(kids).map(([name, kid]) => [
    name,
    forge({ ...header, kid }, claims, attack.ours),
  ]);
  const byEmpty = Object.entries(kids).map(([name, kid]) => [
    `${name}, empty key`,
    forge({ ...header, kid }, claims, hmac('sha256', '')),
  ]);
  await expectAllRefused(attack, {
    missing: forge(without(header, 'kid'), claims, attack.ours),
    ...Object.fromEntries([...byOurs, ...byEmpty]),
  });
});

test('S-35: jku, x5u, x5c and jwk are not read: they neither help a forged token nor spoil a good one', async () => {
  const secret = randomBytes(32);
  const jwk = { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256', kid: 'test' };
  const claimsToKeys = {
    jwk,
    jku: 'http://127.0.0.1:9/keys.json',
    x5u: 'http://127.0.0.1:9/chain.pem',
    x5c: [secret.toString('base64')],
  };
  const forged = Object.entries(claimsToKeys).map(([name, value]) => [
    name,
    forge({ ...header, [name]: value }, claims, hmac('sha256', secret)),
  ]);
  await expectAllRefused(attack, Object.fromEntries(forged));
  await attack.present(forge({ ...header, ...claimsToKeys }, claims, attack.ours)).expect(200);
});

test('S-34: the type says access token, or it is none', async () => {
  const types = [
    'JWT',
    'jwt',
    'AT+JWT',
    'application/at+jwt',
    'refresh+jwt',
    'reset+jwt',
    'invite+jwt',
    '',
    null,
    1,
  ];
  await expectAllRefused(attack, {
    missing: forge(without(header, 'typ'), claims, attack.ours),
    ...Object.fromEntries(types.map((typ) => [String(typ), forge({ ...header, typ }, claims, attack.ours)])),
  });
});

test('a token that was altered, cut, lengthened or put together from two is refused', async () => {
  const [head, body, seal] = attack.member.accessToken.split('.') as [string, string, string];
  const [, otherBody, otherSeal] = attack.foreigner.accessToken.split('.') as [string, string, string];
  const promoted = forge(header, { ...claims, role: 'owner' }, () => seal);
  await expectAllRefused(attack, {
    'promoted payload': promoted,
    'another’s payload': [head, otherBody, seal].join('.'),
    'another’s seal': [head, body, otherSeal].join('.'),
    'an altered seal': [head, body, (seal.startsWith('A') ? 'B' : 'A') + seal.slice(1)].join('.'),
    'cut seal': attack.member.accessToken.slice(0, -1),
    'no seal': [head, body].join('.'),
    'an empty seal': [head, body, ''].join('.'),
    'only a seal': seal,
    'a part more': `${attack.member.accessToken}.${seal}`,
    'an empty part more': `${attack.member.accessToken}.`,
    'an empty payload': [head, '', seal].join('.'),
    'no JSON': ['x', 'y', 'z'].join('.'),
    'a payload that is null': forge(header, null as never, attack.ours),
    'a payload that is a list': forge(header, [claims] as never, attack.ours),
    'a header that is null': forge(null as never, claims, attack.ours),
    'nothing but dots': '..',
  });
});
