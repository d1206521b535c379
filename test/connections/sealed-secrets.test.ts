/** Secrets at rest open only where they were sealed for, with the keys there are, and exactly as they were sealed. */
import { createCipheriv, randomBytes } from 'node:crypto';
import { CompactEncrypt, CompactSign, compactDecrypt } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.module.js';
import type { SigningKey } from '../../src/config/setting.types.js';
import { SealedSecrets, type Binding } from '../../src/connections/sealed-secrets.js';

const key = (kid: string): SigningKey => ({ kid, secret: randomBytes(32) });
const [current, former] = [key('current'), key('former')];

function sealing(credentialKeys: readonly SigningKey[], environment = 'local'): SealedSecrets {
  const config = { get: () => environment } as unknown as Config;
  return new SealedSecrets(config, { keys: () => credentialKeys });
}

const sealed = sealing([current]);
const secret = 'shpat_a-secret-that-nobody-may-read: ünïcode';
const binding: Binding = { org: uuidv7(), con: uuidv7(), purpose: 'credentials' };
/** Of the five parts of a compact JWE: header, encrypted key, initialization vector, ciphertext, tag. */
const partsOf = (token: string) => token.split('.') as [string, string, string, string, string];
const headerOf = (token: string) =>
  JSON.parse(Buffer.from(partsOf(token)[0], 'base64url').toString()) as Record<string, unknown>;
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** It does not open, whatever the error says. */
async function expectClosed(token: string, { by = sealed, for: whom = binding } = {}): Promise<void> {
  const outcome = await by.open(token, whom).then(
    (text) => `opened: ${text}`,
    () => 'refused',
  );
  expect(outcome, token).toBe('refused');
}

test('what is sealed opens where it was sealed for, whatever it is', async () => {
  for (const each of [secret, 'x', '', '{"accessToken":"a"}', 'é😀', 'a'.repeat(8192)]) {
    expect(await sealed.open(await sealed.seal(each, binding), binding)).toBe(each);
  }
});

test('the header says how, with which key, whose and what for, and nothing else', async () => {
  const token = await sealed.seal(secret, binding);
  expect(headerOf(token)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'current', env: 'local', ...binding });
  expect(partsOf(token)).toHaveLength(5);
  // `dir`: no key travels along.
  expect(partsOf(token)[1]).toBe('');
});

test('anybody who has the key and the standard can open it: nothing of it is our own invention', async () => {
  const { plaintext } = await compactDecrypt(await sealed.seal(secret, binding), current.secret);
  expect(Buffer.from(plaintext).toString()).toBe(secret);
});

test('neither the secret nor a part of it is in the token, and no two tokens are alike', async () => {
  const [one, two] = [await sealed.seal(secret, binding), await sealed.seal(secret, binding)];
  const bytes = partsOf(one).map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  for (const piece of ['shpat_', 'nobody', secret.slice(0, 8), current.secret.toString('latin1')]) {
    expect([one, ...bytes].filter((text) => text.includes(piece))).toEqual([]);
  }
  for (const shared of [2, 3, 4]) expect(partsOf(one)[shared]).not.toBe(partsOf(two)[shared]);
});

describe('does not open', () => {
  test.each([
    ['another organization', { ...binding, org: uuidv7() }, /another org/],
    ['another connection, or another endpoint', { ...binding, con: uuidv7() }, /another con/],
    ['another purpose', { ...binding, purpose: 'webhook-secret' as const }, /another purpose/],
    ['the platform', { ...binding, org: '00000000-0000-0000-0000-000000000000' }, /another org/],
    ['nobody', { ...binding, org: '' }, /another org/],
  ])('for %s', async (_whose, other, problem) => {
    const token = await sealed.seal(secret, binding);
    await expect(sealed.open(token, other)).rejects.toThrow(problem);
    await expect(sealed.open(await sealed.seal(secret, other), binding)).rejects.toThrow(problem);
  });

  test('in another environment, even with the same key', async () => {
    const elsewhere = sealing([current], 'production');
    const token = await sealed.seal(secret, binding);
    await expect(elsewhere.open(token, binding)).rejects.toThrow('another env');
    await expect(sealed.open(await elsewhere.seal(secret, binding), binding)).rejects.toThrow('another env');
  });

  test.each(['org', 'con', 'purpose', 'env'])('when the header does not say %s at all', async (name) => {
    const { [name]: _, ...header } = headerOf(await sealed.seal(secret, binding));
    await expect(sealed.open(await encrypt(header), binding)).rejects.toThrow(`another ${name}`);
  });

  test('when the header says more than one', async () => {
    const header = { ...headerOf(await sealed.seal(secret, binding)), org: [binding.org, uuidv7()] };
    await expect(sealed.open(await encrypt(header), binding)).rejects.toThrow('another org');
  });

  test('when any part of it was changed, or comes from another token', async () => {
    const [one, two] = [await sealed.seal(secret, binding), await sealed.seal(secret, binding)];
    for (const place of [0, 2, 3, 4]) {
      const parts = partsOf(one);
      const bytes = Buffer.from(parts[place]!, 'base64url');
      bytes[0]! ^= 1;
      parts[place] = bytes.toString('base64url');
      await expectClosed(parts.join('.'));
      const mixed = partsOf(one);
      if (place === 0) continue; // the header of both is the same
      mixed[place] = partsOf(two)[place]!;
      await expectClosed(mixed.join('.'));
    }
  });

  test('when its header was rewritten to fit: the header is under the seal, too', async () => {
    const mine = { ...binding, con: uuidv7() };
    const [, ...rest] = partsOf(await sealed.seal(secret, binding));
    const forged = [encode({ ...headerOf(await sealed.seal('mine', mine)) }), ...rest].join('.');
    await expectClosed(forged, { for: mine });
  });

  test('a tag cut short', async () => {
    const parts = partsOf(await sealed.seal(secret, binding));
    for (const length of [0, 4, 12, 15]) {
      const tag = Buffer.from(parts[4], 'base64url').subarray(0, length).toString('base64url');
      await expectClosed([...parts.slice(0, 4), tag].join('.'));
    }
  });

  test.each(['', 'x', '....', 'a.b.c.d.e', secret, '{}', 'null'])('what is no token: %j', async (text) => {
    await expectClosed(text);
  });
});

/** The right header and key, encrypted by whatever the header says. */
async function encrypt(header: Record<string, unknown>, using: Uint8Array = current.secret): Promise<string> {
  return new CompactEncrypt(Buffer.from(secret))
    .setProtectedHeader(header as { alg: string; enc: string })
    .encrypt(using);
}

/** A256GCM under any header at all (RFC 7516, 5.1), also one that the library would not write. */
function byHand(header: Record<string, unknown>): string {
  const [encoded, vector] = [encode(header), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', current.secret, vector).setAAD(Buffer.from(encoded));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  const rest = [vector, text, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [encoded, '', ...rest].join('.');
}

describe('accepts no other algorithm than its own, though the key is the right one', () => {
  const own = { kid: 'current', env: 'local', ...binding };

  test.each([
    ['a wrapped key', 'A256KW', 'A256GCM'],
    ['a wrapped key, GCM', 'A256GCMKW', 'A256GCM'],
    ['a password', 'PBES2-HS256+A128KW', 'A256GCM'],
    ['another encryption, with a key of as many bytes', 'dir', 'A128CBC-HS256'],
  ])('%s (%s, %s)', async (_what, alg, enc) => {
    const token = await encrypt({ ...own, alg, enc });
    await expect(
      compactDecrypt(token, current.secret, { keyManagementAlgorithms: [alg] }),
    ).resolves.toBeTruthy();
    await expect(sealed.open(token, binding)).rejects.toThrow(/not allowed/);
  });

  test('a shorter key', async () => {
    const short = { kid: 'short', secret: randomBytes(16) };
    const token = await encrypt({ ...own, alg: 'dir', enc: 'A128GCM', kid: 'short' }, short.secret);
    await expect(sealing([short]).open(token, binding)).rejects.toThrow(/not allowed/);
  });

  test.each([
    { alg: 'none', enc: 'A256GCM' },
    { alg: 'dir', enc: 'none' },
    { alg: 'none' },
    { alg: 'NONE', enc: 'NONE' },
    { enc: 'A256GCM' },
    { alg: 'dir' },
    { alg: ['dir'], enc: 'A256GCM' },
    { alg: 'DIR', enc: 'a256gcm' },
    { alg: 'dir', enc: 'A256GCM', crit: ['org'] },
    {},
  ])('a header of %j, rightly encrypted under it', async (algorithms) => {
    await expectClosed(byHand({ ...own, ...algorithms }));
  });

  test('with the right words, what is made by hand like those does open', async () => {
    expect(await sealed.open(byHand({ ...own, alg: 'dir', enc: 'A256GCM' }), binding)).toBe(secret);
  });

  test('the text itself, unencrypted', async () => {
    const header = encode({ ...own, alg: 'none', enc: 'none' });
    const text = Buffer.from(secret).toString('base64url');
    for (const token of [`${header}..`, `${header}.${text}.`, `${header}...${text}.`, `${header}..${text}..`])
      await expectClosed(token);
  });

  test('a signed token of ours', async () => {
    const token = await new CompactSign(Buffer.from(secret))
      .setProtectedHeader({ ...own, alg: 'HS256' })
      .sign(current.secret);
    await expectClosed(token);
  });
});

describe('keys', () => {
  test('the first seals, all open: a new key comes in front, and the old one stays until nothing needs it', async () => {
    const before = await sealing([former]).seal(secret, binding);
    const rotating = sealing([current, former]);
    expect(await rotating.open(before, binding)).toBe(secret);
    const after = await rotating.seal(secret, binding);
    expect(headerOf(after)['kid']).toBe('current');
    expect(await sealed.open(after, binding)).toBe(secret);
    // A process that was not restarted yet has the new key, in second place.
    expect(await sealing([former, current]).open(after, binding)).toBe(secret);
  });

  test('a key that was removed opens nothing more, and the error says so without telling anything', async () => {
    const before = await sealing([former]).seal(secret, binding);
    const failure = await sealed.open(before, binding).catch((error: unknown) => String(error));
    expect(failure).toContain('not among CREDENTIAL_KEYS');
    expect(failure).not.toContain(former.secret.toString('base64url'));
    await expect(sealing([]).open(before, binding)).rejects.toThrow('not among');
  });

  test('another key under the same name opens nothing', async () => {
    const token = await sealed.seal(secret, binding);
    await expectClosed(token, { by: sealing([key('current')]) });
  });

  test('a token without a key’s name, or with the name of another key, does not open', async () => {
    const header = { alg: 'dir', enc: 'A256GCM', env: 'local', ...binding };
    const both = sealing([current, former]);
    await expect(both.open(await encrypt(header), binding)).rejects.toThrow('not among');
    await expectClosed(await encrypt({ ...header, kid: 'former' }), { by: both });
  });

  test('without a key nothing is sealed', async () => {
    await expect(sealing([]).seal(secret, binding)).rejects.toThrow('no key');
  });
});
