/** What came of the deliveries, for people and for programs. */
import type { Arguments } from './arguments.ts';
import type { BurstResult } from './burst.ts';
import type { Outcome } from './client.ts';

export interface Summary {
  readonly sent: number;
  /** Answered 2xx: the vendor would not send them again. */
  readonly acknowledged: number;
  readonly stored: number;
  readonly duplicate: number;
  /** How often by the problem's code, or by the HTTP status where there is none. */
  readonly refused: Readonly<Record<string, number>>;
  /** How often by reason. */
  readonly unanswered: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function summarize({ outcomes, seconds }: BurstResult): Summary {
  const answers = outcomes.filter((outcome) => 'status' in outcome);
  const acknowledged = answers.filter(({ status }) => isAcknowledged(status));
  const words = acknowledged.map(({ body }) => member(body, 'status'));
  const refused = answers.filter(({ status }) => !isAcknowledged(status));
  const latencies = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    sent: outcomes.length,
    acknowledged: acknowledged.length,
    stored: words.filter((word) => word === 'stored').length,
    duplicate: words.filter((word) => word === 'duplicate').length,
    refused: countEach(refused.map(({ status, body }) => member(body, 'code') ?? `HTTP ${status}`)),
    unanswered: countEach(outcomes.flatMap((outcome) => ('silence' in outcome ? [outcome.silence] : []))),
    requestsPerSecond: seconds > 0 ? Math.round(answers.length / seconds) : 0,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

export function outcomeLine({ vendor, sample }: Arguments, outcome: Outcome): string {
  const said =
    'status' in outcome ? `${outcome.status}  ${oneLine(outcome.body)}` : `no answer: ${outcome.silence}`;
  return `${vendor} ${sample}  ${said}  ${outcome.ms.toFixed(0)} ms`;
}

export function summaryText({ vendor, sample }: Arguments, summary: Summary): string {
  const { sent, stored, duplicate, acknowledged, refused, unanswered } = summary;
  const otherwise = acknowledged - stored - duplicate;
  const counts = [
    ['stored', stored],
    ['duplicate', duplicate],
    ['acknowledged otherwise', otherwise],
    ...Object.entries(refused).map(([code, times]) => [`refused: ${code}`, times] as const),
    ...Object.entries(unanswered).map(([why, times]) => [`no answer: ${why}`, times] as const),
  ] as const;
  return [
    `${vendor} ${sample}: ${sent} deliveries sent`,
    ...counts
      .filter(([, times]) => times > 0)
      .map(([what, times]) => `  ${String(times).padStart(7)}  ${what}`),
    `  ${summary.requestsPerSecond} answers/s, p50 ${summary.p50Ms} ms, p99 ${summary.p99Ms} ms`,
  ].join('\n');
}

/** What to try next, after what has just come out. @param statuses of the answers */
export function hint({ vendor, sample, tamper, same }: Arguments, statuses: ReadonlySet<number>): string {
  const again = `npm run webhook -- ${vendor} ${sample}`;
  if (tamper) return `What was tampered with must be refused, with 401. As the vendor sends it: ${again}`;
  if (statuses.has(401) || statuses.has(404)) {
    return 'Are key and secret those of the running server? Without --endpoint and --secret they are.';
  }
  if (statuses.has(503)) return 'A vendor would send these again a little later; so can you.';
  if (![...statuses].every(isAcknowledged))
    return 'A vendor would take this for a failure and send it again.';
  if (same) return `The same delivery is stored once, however often it comes. A new one: ${again}`;
  return [
    'Try next:',
    `  ${again} --same           twice: the second time it is a duplicate`,
    `  ${again} --tamper         and see it refused`,
    `  ${again} --repeat 1000    and see how fast it is`,
  ].join('\n');
}

function isAcknowledged(status: number): boolean {
  return status >= 200 && status < 300;
}

function countEach(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** @returns a text member of a JSON object, or undefined: an answer may be anything */
function member(json: string, name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const found =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}

/** For a terminal: whatever an answer holds, it moves no cursor and fills no screen. */
function oneLine(body: string): string {
  return body.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, 300);
}
