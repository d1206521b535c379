/** What others may know of MongoDB: how it is, and nothing to reach it with. */

/** `off`: not configured. `away`: tried again. `refused`: it belongs to another environment, until the next start. */
export type MongoState = 'off' | 'up' | 'away' | 'refused';

export abstract class MongoHealth {
  abstract readonly state: MongoState;
}

/** It does not answer, or refuses us. Nothing is known of its stamp. No part of the URL is in it. */
export class MongoAwayError extends Error {
  /** @param cause undefined: nobody is connected */
  constructor(cause?: unknown) {
    super(`MongoDB cannot be reached (${reasonOf(cause)})`);
  }
}

/** Kind and code alone: the driver's messages may quote the URL, and what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? `${error.name} ${code}` : error.name;
}
