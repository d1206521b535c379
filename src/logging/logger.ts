/**
 * JSON lines (pino). A line says what happened, in which request, organization and by whom; it never holds headers,
 * bodies or query strings, because those hold secrets and people.
 */
import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { contextForLog } from '../tenancy/context.js';

/**
 * Lines leave together, at the latest after a quarter of a second and when the process ends: a write for each costs more
 * than the rest of the line.
 *
 * @param destination stdout unless given
 */
export function createLogger(
  { environment, logLevel }: Pick<Settings, 'environment' | 'logLevel'>,
  destination: DestinationStream = pino.destination({ sync: false, minLength: 4096, periodicFlush: 250 }),
): Logger {
  const options = {
    level: logLevel,
    base: { service: 'bulkhead', env: environment },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: contextForLog,
  };
  return pino(options, destination);
}

/** Nest's own lines, through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ source: rest.at(-1) }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ source: rest.at(-1) }, String(message));
  }

  /** Nest passes the stack second and the source last. */
  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ source: rest.at(-1), stack: rest.length > 1 ? rest[0] : undefined }, String(message));
  }
}
