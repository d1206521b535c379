/** Where a delivery goes and what signs it: as given, the rest as the running server has left it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handshake, type Arguments } from './arguments.ts';

export interface Target {
  /** The address the vendor would post to. */
  readonly url: URL;
  /** The secret that signs; the token of a handshake. */
  readonly secret: string;
}

/** There is no server to send to; the message says what to do. */
export class NoServerError extends Error {}

const written = '.data/demo-webhooks.json';

/** @throws NoServerError something was neither given nor left by a server */
export function locate({ vendor, sample, url, endpoint, secret, verifyToken }: Arguments): Target {
  const signing =
    sample === handshake
      ? { option: '--verify-token', given: verifyToken, left: ['endpoints', vendor, 'verifyToken'] }
      : { option: '--secret', given: secret, left: ['endpoints', vendor, 'secret'] };
  const wanted = [
    { option: '--url', given: url, left: ['url'] },
    { option: '--endpoint', given: endpoint, left: ['endpoints', vendor, 'key'] },
    signing,
  ];
  const file = wanted.every(({ given }) => given !== undefined) ? undefined : readWritten();
  const values = wanted.map(({ given, left }) => given ?? textAt(file, left));
  const [base, key, secretOrToken] = values;
  if (base && key && secretOrToken) {
    return { url: new URL(`${base}/webhooks/${vendor}/${encodeURIComponent(key)}`), secret: secretOrToken };
  }
  const missing = wanted.filter((_, index) => !values[index]).map(({ option }) => option);
  throw new NoServerError(
    `No running server has left what is missing in ${written}: start one with \`npm start\`,\n` +
      `or give ${missing.join(', ')}.`,
  );
}

/** @returns undefined when no server has left the file */
function readWritten(): unknown {
  const file = join(import.meta.dirname, '../..', written);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new NoServerError(`${file} cannot be read: ${why}\nStart the server again with \`npm start\`.`, {
      cause: error,
    });
  }
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return typeof found === 'string' ? found : undefined;
}
