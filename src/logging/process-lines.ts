/**
 * What Node says of the process itself, as lines: its own words would print messages and properties of errors to stderr.
 * Guarantees: an error that nobody caught is written, and then ends the process as Node would (exit code 1); a warning is
 * told by its name and code.
 */
import type { Logger } from 'pino';

/** Once a process, and not in tests, whose runner listens itself. */
export function logProcess(logger: Logger): void {
  // Node prints warnings by a listener of its own.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn({ err: warning }, 'a warning of Node'));
  // A rejection that nobody handles arrives here too.
  process.on('uncaughtException', (error) => {
    // `fatal` is written at once, with all lines before it.
    logger.fatal({ err: error }, 'nobody caught it: the process ends');
    process.exit(1);
  });
}
