/**
 * Lines of Nest, and of whoever uses its `Logger`, through ours. Guarantees: words that come with the stack of an error are
 * taken for its message, which may quote anything, and do not leave (`error-facts.ts`); words of our own do.
 */
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { framesIn, schemaMessage } from './error-facts.js';
import { Frames } from './log-line.js';

export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  /** Nest passes the stack second and the source last. */
  error(message: unknown, ...rest: unknown[]): void {
    const [stack] = rest;
    if (rest.length < 2 || typeof stack !== 'string' || typeof message !== 'string')
      return this.write('error', message, rest);
    const [name, words] = readHead(stack, message);
    this.logger.error({ source: rest.at(-1), err: new Frames(framesIn(stack, message), name) }, words);
  }

  private write(level: 'debug' | 'warn' | 'error', message: unknown, rest: readonly unknown[]): void {
    const source = rest.at(-1);
    if (message instanceof Error) this.logger[level]({ source, err: message });
    else this.logger[level]({ source }, message as string);
  }
}

/** @returns the name of the error, and words that may leave: undefined when they are the error's */
function readHead(stack: string, message: string): [name?: string | undefined, words?: string | undefined] {
  // Frames alone belong to no message: who passes them has taken the message off.
  if (stack === '' || /^ *at /.test(stack)) return [undefined, message];
  const at = stack.indexOf(`: ${message}`);
  return [at > 0 ? stack.slice(0, at) : undefined, schemaMessage(message)];
}
