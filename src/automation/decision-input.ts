/** Everything the send gate decides on. What is undefined is not known, and what is not known speaks for the safer outcome. */
import type { Conversation } from '../support/conversation.entity.js';
import type { DeterministicMatch } from './deterministic-match.js';
import type { EffectiveState } from './effective-state.js';
import type { UnsupportedFact } from './fact-check.js';

export interface GateInput {
  /** Whose message it is. A person's reply, and a draft a person approved, are the person's. */
  readonly author: 'automation' | 'person';
  readonly now: Date;
  readonly state: EffectiveState | undefined;
  readonly template: GateTemplate | undefined;
  readonly order: GateOrder | undefined;
  /** What `unsupportedFacts` said of the very text that would be sent. */
  readonly unsupported: readonly UnsupportedFact[] | undefined;
  readonly window: GateWindow | undefined;
  readonly loop: GateLoop | undefined;
  /** The environment's recipient policy, asked by the caller. */
  readonly recipient: { readonly allowed: boolean | undefined; readonly detail?: string } | undefined;
  /** What is left to the organization. */
  readonly budget: { readonly sends: number | undefined; readonly tokens: number | undefined } | undefined;
}

export interface GateTemplate {
  /** On the organization's whitelist. */
  readonly listed: boolean | undefined;
  readonly enabled: boolean | undefined;
  /** The version that was rendered, not merely some version. */
  readonly approved: boolean | undefined;
}

export interface GateOrder {
  /** `needsOrder` of the template that was rendered. */
  readonly needed: boolean | undefined;
  /** The match itself; stored evidence of one is no match. */
  readonly match: DeterministicMatch | null;
}

export interface GateWindow {
  readonly channel: Conversation['channel'] | undefined;
  /** When the contact last wrote; null: never. */
  readonly lastInboundAt: Date | null | undefined;
}

export interface GateLoop {
  /** Automatic replies since a person last wrote from our side. */
  readonly automaticInARow: number | undefined;
  /** Null: there was none. */
  readonly lastAutomaticAt: Date | null | undefined;
  /** Somebody of ours has written since: it is answered. */
  readonly personReplied: boolean | undefined;
  /** The contact's message repeats what we wrote: another machine answers ours. */
  readonly echoesOurText: boolean | undefined;
}
