/**
 * The decision of the send gate. Pure: the same input gives the same decision, so that past traffic can be replayed
 * under other flags. Every check is made and recorded, also after one has failed; nothing unknown lets anything pass.
 */
import { checkNames, checks, type CheckName, type FailReason, type Failure } from './decision-checks.js';
import type { GateInput } from './decision-input.js';

/** `hold`: a person may approve it, and it is then theirs. */
export type Verdict = 'send' | 'hold' | 'refuse';

export type ReasonCode = FailReason | 'ok' | 'person-decides';

export interface CheckRecord {
  readonly check: CheckName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly reason: ReasonCode;
  /** For a person to read; may be empty. */
  readonly detail: string;
}

export interface Decision {
  readonly verdict: Verdict;
  /** Of the first check that led to the verdict; `ok` exactly when it is `send`. */
  readonly reason: FailReason | 'ok';
  /** One of each, in the order of `checkNames`. */
  readonly checks: readonly CheckRecord[];
}

/** What protects the shopper and the vendor's account, whoever writes. */
const alwaysChecked: ReadonlySet<CheckName> = new Set(['kill-switch', 'messaging-window', 'recipient']);

export function decide(input: GateInput): Decision {
  const results = checkNames.map((check) => resultOf(check, input));
  const failures = results.flatMap(({ failure }) => failure ?? []);
  const deciding = failures.find(({ leadsTo }) => leadsTo === 'refuse') ?? failures[0];
  return {
    verdict: deciding?.leadsTo ?? 'send',
    reason: deciding?.reason ?? 'ok',
    checks: results.map(({ record }) => record),
  };
}

interface Result {
  readonly record: CheckRecord;
  readonly failure: Failure | undefined;
}

function resultOf(check: CheckName, input: GateInput): Result {
  if (input.author === 'person' && !alwaysChecked.has(check)) {
    const record = { check, outcome: 'skipped', reason: 'person-decides', detail: '' } as const;
    return { record, failure: undefined };
  }
  const failure = checks[check](input);
  if (failure === undefined)
    return { record: { check, outcome: 'passed', reason: 'ok', detail: '' }, failure };
  const { reason, detail } = failure;
  return { record: { check, outcome: 'failed', reason, detail }, failure };
}
