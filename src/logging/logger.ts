/**
 * JSON lines (pino). A line says what happened, in which request, organization and by whom, and whose service it is
 * (S1.9). Guarantees, in every environment: it holds only the fields of `log-line.ts`; its words pass the value scanner;
 * of an error it has the facts and never the message; a prompt or an answer of the model is refused (S1.7), and the place
 * that tried is told of. A logger never throws at who logs.
 */
import { pino, stdTimeFunctions, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { contextForLog } from '../tenancy/context.js';
import { framesIn } from './error-facts.js';
import { allowed, Frames, text } from './log-line.js';
import { holdsWithheld } from './withheld-search.js';

export type LogSettings = Pick<Settings, 'environment' | 'logLevel' | 'tags'>;

export const refusal = 'the logger refuses prompts and answers of the model';

/**
 * Lines leave together, at the latest after a quarter of a second and when the process ends: a write for each costs more
 * than the rest of the line.
 *
 * @param destination stdout unless given
 */
export function createLogger(
  { environment, logLevel, tags }: LogSettings,
  destination: DestinationStream = pino.destination({ sync: false, minLength: 4096, periodicFlush: 250 }),
): Logger {
  const owned = { owner: tags.owner, 'cost-center': tags.costCenter };
  const options = {
    level: logLevel,
    base: allowed({ service: 'bulkhead', env: environment, ...owned }),
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // pino's own serializer of errors copies every property.
    serializers: { err: (facts: unknown) => facts },
    mixin: () => allowed(contextForLog()),
    hooks: { logMethod: writeAllowed },
  };
  const logger = pino(options, destination);
  return Object.assign(logger, { child: noBindings, setBindings: noBindings });
}

/** What a child binds is written without passing the list. */
function noBindings(): never {
  throw new Error('bindings pass no list of fields: name them on the line');
}

/** Between every call of the logger and its line. */
function writeAllowed(this: Logger, given: readonly unknown[], write: LogFn): void {
  try {
    if (holdsWithheld(given)) this.error({ err: new Frames(placeOf()) }, refusal);
    const [first, second] = given;
    const hasFields = typeof first === 'object' && first !== null;
    const line = allowed(first instanceof Error ? { err: first } : hasFields ? first : {});
    // Values for placeholders in the words: a value that may be said is a field.
    const spare = Math.max(0, given.length - (hasFields ? 2 : 1)) + Number(line['dropped'] ?? 0);
    const words = hasFields ? second : first;
    write.call(this, spare > 0 ? { ...line, dropped: spare } : line, wordsOf(words, 'err' in line));
  } catch {
    write.call(this, {}, 'a line could not be written');
  }
}

function wordsOf(given: unknown, isOfError: boolean): string {
  if (typeof given === 'string') return text(given);
  return isOfError ? 'an error that nobody expected' : 'no words';
}

/** Of who called the logger. */
function placeOf(): readonly string[] {
  return framesIn(new Error(refusal).stack, refusal).filter((frame) => !loggers.test(frame));
}

/** Between who logs and here. */
const loggers = /\/logging\/(?:nest-)?logger\.|\/node_modules\/(?:pino|@nestjs\/common)\//;
