/**
 * Argon2id (RFC 9106) from `node:crypto`, stored as a PHC string with its parameters, so that they can be raised
 * later (S-21). Parameters: OWASP Password Storage Cheat Sheet, 19 MiB, 2 passes, 1 lane.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);
const current = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** @returns `$argon2id$v=19$m=…,t=…,p=…$salt$tag` */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const { memory, passes, parallelism } = current;
  const tag = await derive('argon2id', { message: normalized(password), nonce, tagLength, ...current });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** A hash nobody's password has; verifying against it costs what a real one costs (S-1). */
const nobody = `$argon2id$v=19$m=${current.memory},t=${current.passes},p=${current.parallelism}$${unpadded(randomBytes(16))}$${unpadded(randomBytes(tagLength))}`;

/** Takes the same time for a wrong password, a user without one, and no user at all. */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = phc.exec(hash ?? nobody) ?? [];
  if (!nonce || !tag) throw new Error('a stored password hash is not an Argon2id PHC string');
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive('argon2id', {
    message: normalized(password),
    nonce: Buffer.from(nonce, 'base64'),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(actual, expected) && typeof hash === 'string';
}

/** The same characters typed on two keyboards are one password (NIST SP 800-63B-4, 3.1.1.2: NFC). */
function normalized(password: string): string {
  return password.normalize('NFC');
}
