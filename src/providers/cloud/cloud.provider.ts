/** What the environment's cloud account says about itself, and its parameters. Nothing here can write. */
import type { NoAnswer } from '../exchange.js';

/** Why a call told nothing. `error` is the vendor's name of it, never its message: messages name people and keys. */
export type CloudFailure =
  /** Whoever we are may not do this. */
  | { readonly kind: 'denied'; readonly error: string }
  /** The credentials are expired, revoked or wrong. */
  | { readonly kind: 'refused'; readonly error: string }
  /** This process has none; nothing was asked. */
  | { readonly kind: 'no-credentials' }
  | { readonly kind: 'unavailable'; readonly reason: NoAnswer | 'throttled' | 'unexpected' };

export type IdentityOutcome =
  | {
      readonly kind: 'identity';
      /** Twelve digits, as text: some begin with 0. */
      readonly account: string;
      /** The kind of the identity, and of a role its name; see `principalOf`. */
      readonly principal: string;
    }
  | CloudFailure;

export type ParametersOutcome =
  | {
      readonly kind: 'parameters';
      readonly values: ReadonlyMap<string, string>;
      /** Those that do not exist: to the vendor that is no error (vendors.md, 6). */
      readonly missing: readonly string[];
    }
  | CloudFailure;

export abstract class CloudProvider {
  abstract identity(): Promise<IdentityOutcome>;
  abstract parameters(names: readonly string[]): Promise<ParametersOutcome>;
}

/** `/bulkhead/staging/kill-switch`: `on` or `off`. */
export function killSwitchName(environment: string): string {
  return `/bulkhead/${environment}/kill-switch`;
}

/**
 * `…:assumed-role/deploy/jane@example.com` → `assumed-role/deploy`; `…:user/jane` → `user`. A role's name is ours; a
 * session's or a user's is often a person's.
 */
export function principalOf(arn: string): string {
  const [kind = '', name = ''] = (arn.split(':')[5] ?? '').split('/');
  return kind === 'assumed-role' && /^[\w+=,.-]{1,64}$/.test(name) ? `${kind}/${name}` : kind;
}

/** For a person. */
export function failureWords(failure: CloudFailure): string {
  switch (failure.kind) {
    case 'denied':
      return `access denied (${failure.error})`;
    case 'refused':
      return `the AWS credentials were refused (${failure.error})`;
    case 'no-credentials':
      return 'this process has no AWS credentials';
    case 'unavailable':
      return `AWS did not answer (${failure.reason})`;
  }
}
