/**
 * What may be said of an error: what it is called, its codes, which names of our schema it broke, and where it happened.
 * Never its message: an SDK's quotes what was sent, Postgres quotes values (`22P02`), and whoever wrote either may have
 * put a customer into it. Nor any other property: SDK errors carry the request they failed with (`config.headers`). The
 * exceptions are messages of Postgres that are known to quote nothing but names of the schema, word for word.
 */
export interface ErrorFacts {
  readonly name?: string;
  readonly code?: string | number;
  readonly constraint?: string;
  readonly table?: string;
  readonly says?: string;
  readonly frames?: readonly string[];
  readonly cause?: { readonly name: string; readonly code?: string | number };
}

const mostFrames = 12;
const word = /^[A-Za-z_$][\w$.]{0,63}$/;
const codeWord = /^[A-Z\d_]{2,40}$/;
const schemaName = /^[a-z_][a-z\d_]{0,62}$/;

/** One line of V8's stack trace (v8.dev, "Stack trace API"). */
const frame =
  /^ {4}at (?:(?:async |new )?[\w$.<>[\] #]{1,120} \()?(?:async )?(?:(?:file:\/\/|node:|\/|<anonymous>|native)[^\s()]{0,300}|index \d+)\)?$/;

const name = String.raw`"?[\w.]{1,130}"?`;
const schemaMessages = [
  `column ${name} does not exist`,
  `relation ${name} does not exist`,
  `permission denied for (?:table|schema|function|sequence|relation) ${name}`,
  `new row for relation ${name} violates check constraint ${name}`,
  `new row violates row-level security policy for table ${name}`,
  `duplicate key value violates unique constraint ${name}`,
  `null value in column ${name} of relation ${name} violates not-null constraint`,
  `(?:insert or update|update or delete) on table ${name} violates foreign key constraint ${name}(?: on table ${name})?`,
].map((text) => new RegExp(`^${text}$`));

/** @returns undefined when it may quote a value */
export function schemaMessage(message: string): string | undefined {
  return schemaMessages.some((known) => known.test(message)) ? message : undefined;
}

export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: `a thrown ${typeof error}` };
  const { message, stack } = error;
  const { code, constraint, table, cause } = error as Error & Partial<Record<string, unknown>>;
  const says = typeof message === 'string' ? schemaMessage(message) : undefined;
  return {
    name: nameOf(error),
    ...codeIn(code),
    ...(isName(constraint) && { constraint }),
    ...(isName(table) && { table }),
    ...(says !== undefined && { says }),
    frames: framesIn(stack, message),
    ...(cause instanceof Error && { cause: { name: nameOf(cause), ...codeIn(codeOf(cause)) } }),
  };
}

/** Its frames, without the message in front of them, which may itself have lines that look like frames. */
export function framesIn(stack: unknown, message: unknown): readonly string[] {
  if (typeof stack !== 'string') return [];
  const at = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  const lines = (at < 0 ? stack : stack.slice(at + String(message).length)).split('\n');
  // Where it does not begin with this message it begins with another one, of unknown length: only the end is sure.
  const from = at < 0 ? lines.findLastIndex((line) => !frame.test(line)) + 1 : 0;
  const frames = lines.slice(from).filter((line) => frame.test(line));
  return frames.slice(0, mostFrames).map((line) => line.trim());
}

function nameOf(error: Error): string {
  const { name: given } = error as { name: unknown };
  return isErrorName(given) ? given : 'Error';
}

export function isErrorName(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}

function codeOf(error: Error): unknown {
  return (error as { code?: unknown }).code;
}

function codeIn(code: unknown): { code?: string | number } {
  // A greater one is nobody's code, and may be somebody's number.
  if (typeof code === 'number') return Math.abs(code) < 100_000 ? { code } : {};
  return typeof code === 'string' && codeWord.test(code) ? { code } : {};
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && schemaName.test(value);
}
