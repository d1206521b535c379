/** An attack file: even sealed with our key, a token that claims what it should not is refused. */
import { afterAll, beforeAll, test } from 'vitest';
import { expectBareProblem, partOf } from '../answers.js';
import { Attack, expectAllRefused, forge, without, type Part } from './forge.js';

let attack: Attack;
let header: Part;
let claims: Part;
beforeAll(async () => {
  attack = await Attack.begin();
  ({ header, claims } = attack);
});
afterAll(() => attack.t.close());

test('S-33: issuer and audience must be ours', async () => {
  const wrong: Part[] = [
    { iss: 'urn:bulkhead' },
    { iss: 'https://attacker.example' },
    { iss: '' },
    { iss: null },
    { iss: ['urn:bulkhead:staging'] },
    { aud: 'urn:bulkhead:platform' },
    { aud: 'urn:bulkhead:api2' },
    { aud: [] },
    { aud: '' },
  ];
  await expectAllRefused(attack, {
    'issuer missing': forge(header, without(claims, 'iss'), attack.ours),
    'audience missing': forge(header, without(claims, 'aud'), attack.ours),
    ...Object.fromEntries(wrong.map((each) => [JSON.stringify(each), attack.claiming(each)])),
  });
});

test('S-36: a token of another environment is refused even if its key were the same', async () => {
  const of = (environment: string) =>
    forge(header, { ...claims, iss: `urn:bulkhead:${environment}` }, attack.ours);
  await attack.present(of('local')).expect(200);
  await expectAllRefused(attack, { staging: of('staging'), production: of('production') });
});

test('S-33: expired, not yet valid and undated tokens are refused', async () => {
  const now = Math.floor(Date.now() / 1_000);
  const wrong: Part[] = [
    { exp: now - 1 },
    { exp: now },
    { exp: 0 },
    { exp: -1 },
    { exp: String(now + 300) },
    { exp: null },
    { nbf: now + 60 },
    { nbf: String(now) },
    { nbf: null },
  ];
  await expectAllRefused(attack, {
    'no end': forge(header, without(claims, 'exp'), attack.ours),
    'no beginning': forge(header, without(claims, 'nbf'), attack.ours),
    ...Object.fromEntries(wrong.map((each) => [JSON.stringify(each), attack.claiming(each)])),
  });
});

test('S-33: who, session, organization and role must all be there, and be what they should', async () => {
  const absent = ['sub', 'sid', 'org', 'role'].map((name) => [
    `without ${name}`,
    forge(header, without(claims, name), attack.ours),
  ]);
  const values = [
    null,
    '',
    7,
    'root',
    {},
    ['owner'],
    `' OR true --`,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d0',
    '-'.repeat(36),
  ];
  const wrong = ['sub', 'sid', 'org', 'role'].flatMap((name) =>
    values.map((value) => [
      `${name} ${JSON.stringify(value)}`,
      forge(header, { ...claims, [name]: value }, attack.ours),
    ]),
  );
  await expectAllRefused(attack, Object.fromEntries([...absent, ...wrong]));
});

test('a genuine seal does not open another organization, another session or a higher role', async () => {
  const other = partOf(attack.foreigner.accessToken, 'claims');
  const sealed = (changes: Part) => attack.present(attack.claiming(changes));
  expectBareProblem(await sealed({ org: other['org'] }), 'membership-ended');
  expectBareProblem(await sealed({ sid: other['sid'] }), 'session-ended');
  expectBareProblem(await sealed({ sub: other['sub'] }), 'session-ended');
  expectBareProblem(await sealed({ role: 'owner' }), 'token-stale');
});
