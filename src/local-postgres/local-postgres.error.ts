/** The local server cannot be started; `message` says what is wrong, `mend` what the person should do about it. */
export class LocalPostgresError extends Error {
  readonly mend: string;

  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalPostgresError';
    this.mend = mend;
  }
}

/** The way out that always works; most mends end with it. */
export const OWN_SERVER_MEND = 'or set DATABASE_URL to a Postgres 15-18 server of your own';

/** The `code` of a system or Postgres error (`ENOENT`, `28P01`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
