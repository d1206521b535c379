/**
 * Secrets that may change while we run, read at most once a minute. Guarantees: one question at a time for a name, however
 * many ask; a question that fails is reported and answered with the last value, at most an hour old; never more names than
 * `most`. A secret that was never read is not made up.
 */
import type { SecretOutcome, SecretsProvider } from './secrets.provider.js';

export interface SecretCacheOptions {
  /** How long an answer holds without asking again. */
  readonly ttlMs?: number;
  /** How soon a question that failed is asked again. */
  readonly retryMs?: number;
  /** How long the last value stands in for answers. */
  readonly staleMs?: number;
  readonly most?: number;
  readonly onFailure?: (name: string, outcome: SecretOutcome) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

interface Held {
  /** What is answered until `askAgainAt`. */
  readonly outcome: SecretOutcome;
  readonly askAgainAt: number;
  /** When `outcome` was read from the store. */
  readonly readAt: number;
}

export class SecretCache {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<SecretOutcome>>();
  private readonly options: Required<SecretCacheOptions>;

  constructor(
    private readonly secrets: SecretsProvider,
    options: SecretCacheOptions = {},
  ) {
    const usual = { ttlMs: 60_000, retryMs: 5_000, staleMs: 3_600_000, most: 100 };
    this.options = { ...usual, onFailure: () => {}, now: () => performance.now(), ...options };
  }

  async read(name: string): Promise<SecretOutcome> {
    const held = this.held.get(name);
    if (held && this.options.now() < held.askAgainAt) return held.outcome;
    const asked = this.asking.get(name) ?? this.ask(name, held);
    this.asking.set(name, asked);
    return asked;
  }

  private async ask(name: string, before: Held | undefined): Promise<SecretOutcome> {
    const { ttlMs, retryMs, staleMs, onFailure, now } = this.options;
    try {
      const outcome = await this.secrets.read(name);
      const readAt = now();
      if (outcome.kind === 'secret') return this.keep(name, { outcome, readAt, askAgainAt: readAt + ttlMs });
      onFailure(name, outcome);
      if (before?.outcome.kind === 'secret' && readAt - before.readAt < staleMs)
        return this.keep(name, { ...before, askAgainAt: readAt + retryMs });
      return this.keep(name, { outcome, readAt, askAgainAt: readAt + retryMs });
    } finally {
      this.asking.delete(name);
    }
  }

  private keep(name: string, held: Held): SecretOutcome {
    // The name that was read longest ago makes room.
    this.held.delete(name);
    this.held.set(name, held);
    const [oldest] = this.held.keys();
    if (this.held.size > this.options.most && oldest !== undefined) this.held.delete(oldest);
    return held.outcome;
  }
}
