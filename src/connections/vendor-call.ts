/**
 * Every call of a vendor goes through here: a limited number at a time per connection, none at all for a while to a
 * vendor that keeps not answering, each counted and logged without content. A transaction never contains one.
 */
import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  wrap,
  type CircuitBreakerPolicy,
  type IPolicy,
} from 'cockatiel';
import { Counter } from 'prom-client';
import { HttpMetrics } from '../http/metrics.js';
import type { Answer, Operation, VendorName } from '../providers/exchange.js';
import { currentTransaction } from '../tenancy/context.js';

/** Calls of one connection that are under way at the same time, and those that may wait for their turn. */
export const callLimits = { inFlight: 8, waiting: 100 } as const;

/** So many calls in a row without an answer open the circuit, for so many milliseconds; then one call tries. */
export const breakerLimits = { failures: 5, openMs: 10_000 } as const;

/** Connections in trouble that are remembered; accounts that somebody makes up must not fill the memory. */
export const rememberedLines = 10_000;

export interface VendorCallKey<Name extends VendorName = VendorName> {
  readonly vendor: Name;
  /** The connection's id; for what belongs to no connection, a word of the caller's. */
  readonly connection: string;
}

/** As the contracts of providers write them. */
interface AnyOutcome {
  readonly kind: string;
  readonly reason?: string;
}

/** The vendor was certainly not asked, and nothing was sent. */
export class VendorCallRefused extends Error {
  constructor(readonly reason: 'circuit-open' | 'too-many-calls') {
    super(`the vendor was not asked: ${reason}`);
  }
}

interface Line {
  readonly policy: IPolicy;
  readonly breaker: CircuitBreakerPolicy;
  callers: number;
}

@Injectable()
export class VendorCalls {
  private readonly logger = new Logger(VendorCalls.name);
  private readonly lines = new Map<string, Line>();
  private readonly calls: Counter<'vendor' | 'operation' | 'outcome'>;

  constructor({ registry }: HttpMetrics) {
    this.calls = new Counter({
      name: 'vendor_calls_total',
      help: 'Calls of vendors by what came of them; circuit-open and too-many-calls never left',
      labelNames: ['vendor', 'operation', 'outcome'],
      registers: [registry],
    });
  }

  /**
   * @param ask calls the provider, once
   * @throws VendorCallRefused when the vendor was not asked; Error inside a transaction; what `ask` throws
   */
  async call<Name extends VendorName, Outcome extends AnyOutcome>(
    key: VendorCallKey<Name>,
    operation: Operation<Name>,
    ask: () => Promise<Answer<Outcome>>,
  ): Promise<Answer<Outcome>> {
    if (currentTransaction()) throw new Error('a vendor is not called inside a transaction');
    const name = `${key.vendor}:${key.connection}`;
    const line = this.enter(name);
    try {
      // Bound, because what has waited is started by whoever made room for it, in that one's context.
      const answer = await line.policy.execute(AsyncResource.bind(ask));
      this.note(key.vendor, operation, answer.outcome, answer.exchange.ms);
      if (line.callers === 1 && !isSilence(answer.outcome) && line.breaker.state === CircuitState.Closed) {
        // It remembers nothing that a new one would not: the map holds no more than what is going on.
        this.lines.delete(name);
      }
      return answer;
    } catch (error) {
      const refused = refusalOf(error);
      this.note(key.vendor, operation, { kind: refused?.reason ?? 'error' });
      throw refused ?? error;
    } finally {
      line.callers -= 1;
    }
  }

  private enter(name: string): Line {
    const line = this.lines.get(name) ?? newLine();
    this.lines.set(name, line);
    line.callers += 1;
    if (this.lines.size > rememberedLines) this.forgetOldest();
    return line;
  }

  private forgetOldest(): void {
    for (const [name, { callers }] of this.lines) {
      if (callers > 0) continue;
      this.lines.delete(name);
      return;
    }
  }

  /** Outcomes are closed unions, so they may be labels; what they carry is never said. */
  private note(vendor: VendorName, operation: string, { kind, reason }: AnyOutcome, ms?: number): void {
    const outcome = reason === undefined ? kind : `${kind}:${reason}`;
    this.calls.inc({ vendor, operation, outcome });
    this.logger.log(`vendor call ${vendor} ${operation}: ${outcome}${ms === undefined ? '' : `, ${ms} ms`}`);
  }
}

function newLine(): Line {
  const silence = handleWhenResult((answer) => isSilence((answer as Answer<AnyOutcome>).outcome));
  const breaker = circuitBreaker(silence, {
    halfOpenAfter: breakerLimits.openMs,
    breaker: new ConsecutiveBreaker(breakerLimits.failures),
  });
  // In this order: what waits asks the circuit when its turn comes.
  return { policy: wrap(bulkhead(callLimits.inFlight, callLimits.waiting), breaker), breaker, callers: 0 };
}

/** The vendor, or the way to it, is away. A refusal or a limit is an answer. */
function isSilence({ kind, reason }: AnyOutcome): boolean {
  return kind === 'unavailable' || kind === 'unknown' || reason === 'unreachable';
}

function refusalOf(error: unknown): VendorCallRefused | undefined {
  if (error instanceof BrokenCircuitError) return new VendorCallRefused('circuit-open');
  return error instanceof BulkheadRejectedError ? new VendorCallRefused('too-many-calls') : undefined;
}
