/** Where an environment's secrets are kept. Reads one by its name; nothing here can write or list. */

/** A value that shows itself to nobody who does not ask: not to a log, `inspect`, JSON, a template or a copy. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret withheld]';
  }

  toJSON(): string {
    return this.toString();
  }
}

/** `error` is the vendor's name of it, never its message. */
export type SecretOutcome =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | { readonly kind: 'not-found' }
  /** Whoever we are may not read it, or not use its key. */
  | { readonly kind: 'denied'; readonly error: string }
  /** It is binary, or marked for deletion. */
  | { readonly kind: 'unusable'; readonly error: string }
  /** The credentials of this process are expired, revoked or wrong. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'no-credentials' }
  /** Nothing is known of the secret. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Unlike a vendor's, a call keeps no exchange: it happens before there is an organization, a database or an archive, and
 * nothing of it may be kept.
 */
export abstract class SecretsProvider {
  abstract read(name: string): Promise<SecretOutcome>;
}

/** For a person; without the value, without the name. */
export function secretWords(outcome: Exclude<SecretOutcome, { kind: 'secret' }>): string {
  switch (outcome.kind) {
    case 'not-found':
      return 'does not exist';
    case 'denied':
      return `may not be read by this process (${outcome.error})`;
    case 'unusable':
      return `cannot be used (${outcome.error})`;
    case 'refused':
      return `was not read: the AWS credentials were refused (${outcome.error})`;
    case 'no-credentials':
      return 'was not read: this process has no AWS credentials';
    case 'unavailable':
      return `was not read: AWS did not answer (${outcome.reason})`;
  }
}
