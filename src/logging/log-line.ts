/**
 * What a line may hold: these fields, each of its kind, and nothing else. Guarantees, in every environment: a field that
 * is not declared here leaves as a count, neither its value nor its name (a name may be somebody's address); text passes
 * the value scanner; an error is told by its facts. An allow-list, because a list of what is forbidden misses what nobody
 * thought of: nested keys, arrays, an SDK's error (S1.8; security.md, 59).
 */
import { errorFacts, isErrorName, type ErrorFacts } from './error-facts.js';
import { masked } from './value-scanner.js';

type Kind = 'text' | 'number' | 'error';

/** Besides `level`, `time` and `msg`, which are pino's own. */
const fields: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    service: 'text',
    env: 'text',
    owner: 'text',
    'cost-center': 'text',
    requestId: 'text',
    organizationId: 'text',
    actorId: 'text',
    source: 'text',
    method: 'text',
    route: 'text',
    status: 'number',
    ms: 'number',
    err: 'error',
  } satisfies Record<string, Kind>),
);

const longest = 2_000;

/** Where something happened, of which no error is at hand. */
export class Frames {
  constructor(
    readonly frames: readonly string[],
    readonly name?: string,
  ) {}
}

/** What leaves of what was given. @throws only what a getter of a declared field throws */
export function allowed(given: object): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  let dropped = 0;
  for (const key of Object.keys(given)) {
    const kind = fields.get(key);
    const value = kind && (given as Record<string, unknown>)[key];
    if (kind && value === undefined) continue;
    const kept = kind && keep(kind, value);
    if (kept === undefined) dropped += 1;
    else line[key] = kept;
  }
  return dropped > 0 ? { ...line, dropped } : line;
}

function keep(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? text(value) : undefined;
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'error':
      return scanned(value instanceof Frames ? factsOf(value) : errorFacts(value));
  }
}

/** Masked before it is cut: half a secret is not recognised. */
export function text(value: string): string {
  const safe = masked(value);
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}

function factsOf({ frames, name }: Frames): ErrorFacts {
  return { ...(isErrorName(name) && { name }), frames };
}

function scanned({ frames, cause, ...facts }: ErrorFacts): object {
  const flat = (part: object) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => [key, typeof value === 'string' ? text(value) : value]),
    );
  return {
    ...flat(facts),
    ...(cause && { cause: flat(cause) }),
    ...(frames && { frames: frames.map(text) }),
  };
}
