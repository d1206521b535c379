/** What was sent and answered, held against what is in the database. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { readRecords, type Records } from './records.js';
import { isAcknowledged, isAnswer, type Outcome, type SentDelivery } from './senders.js';
import type { Shops } from './shops.js';

export interface Reckoning {
  /** What the run has met: one that met nothing proves nothing. */
  readonly figures: Readonly<Record<string, number>>;
  /** A line for each kind of wrong. */
  readonly wrongs: readonly string[];
}

export async function reckon(
  admin: Pool,
  { shops }: Shops,
  sent: readonly SentDelivery[],
): Promise<Reckoning> {
  const records = await readRecords(admin);
  const wrongs = [
    ...wrongAnswers(sent),
    ...wrongDeliveries(records, sent),
    ...wrongEvents(records, sent),
    ...leaks(records, shops),
    ...wrongJobs(records),
    ...among(records.unclaimed, 'unclaimed', () => true),
  ];
  return { figures: figuresOf(records, sent), wrongs };
}

function wrongAnswers(sent: readonly SentDelivery[]): string[] {
  const answers = sent.flatMap(({ outcomes }) => outcomes).filter(isAnswer);
  const sentOnce = sent.filter(({ outcomes }) => outcomes.length === 1).map(({ outcomes }) => outcomes[0]!);
  return [
    ...among(answers, 'answers but 200 and 503', ({ status }) => status !== 200 && status !== 503),
    ...among(sentOnce, 'new, but called a duplicate', (answer) => isAnswer(answer) && isDuplicate(answer)),
  ];
}

function wrongDeliveries({ deliveries }: Records, sent: readonly SentDelivery[]): string[] {
  const stored = countEach(deliveries.map(({ digest }) => digest));
  const known = new Set(sent.map(digestOf));
  const acknowledged = sent.filter(({ outcomes }) => isAcknowledged(outcomes.at(-1)));
  return [
    ...among(acknowledged, 'acknowledged, but not stored', (each) => !stored.has(digestOf(each))),
    ...among([...stored], 'deliveries stored more than once', ([, times]) => times > 1),
    ...among(deliveries, 'stored, but never sent', ({ digest }) => !known.has(digest)),
    ...among(repeated(deliveries.map(({ key }) => key)), 'keys of more than one delivery', () => true),
    ...among(deliveries, 'deliveries not split', ({ split }) => !split),
  ];
}

function wrongEvents({ deliveries, events }: Records, sent: readonly SentDelivery[]): string[] {
  const factsOf = new Map(sent.map((each) => [digestOf(each), each.facts]));
  const expected = new Set(
    deliveries.flatMap(({ id, digest }) =>
      (factsOf.get(digest) ?? []).map(({ account: { organizationId, connectionId }, type, mark }) =>
        [organizationId, connectionId, id, type, mark].join(' '),
      ),
    ),
  );
  const found = events.map(({ organizationId, connectionId, deliveryId, type, mark }) =>
    [organizationId, connectionId, deliveryId, type, mark].join(' '),
  );
  const all = new Set(found);
  return [
    ...among([...expected], 'facts without an event where it belongs', (fact) => !all.has(fact)),
    ...among(found, 'events of no fact that belongs there', (event) => !expected.has(event)),
    ...among(repeated(found), 'facts with more than one event', () => true),
    ...among(events, 'events not handled', ({ handled }) => !handled),
    ...among(events, 'events not handled exactly once', ({ version }) => version !== 2),
  ];
}

/** Each number is one shop's, and comes with every fact of WhatsApp. */
function leaks({ events }: Records, shops: Shops['shops']): string[] {
  const accounts = shops.map(({ owner, whatsapp }) => ({ ...owner, number: whatsapp.account }));
  return among(events, 'events that name another organization', ({ organizationId, payload }) =>
    accounts.some((other) => other.organizationId !== organizationId && payload.includes(other.number)),
  );
}

function wrongJobs({ jobs, events }: Records): string[] {
  const handling = jobs.filter(({ name }) => name === 'handle-event').map(({ count }) => count);
  return [
    ...among(jobs, 'kinds of jobs waiting, failed or dead', ({ state }) => state !== 'completed'),
    ...among([{ events: events.length, jobs: sum(handling) }], 'events without one job each', (each) => {
      return each.events !== each.jobs;
    }),
  ];
}

function figuresOf({ deliveries, events, jobs }: Records, sent: readonly SentDelivery[]) {
  const acknowledged = sent.filter(({ outcomes }) => isAcknowledged(outcomes.at(-1)));
  return {
    sent: sent.length,
    acknowledged: acknowledged.length,
    ...Object.fromEntries(countEach(sent.flatMap(({ outcomes }) => outcomes.map(wordFor)))),
    retried: sent.filter(({ outcomes }) => outcomes.length > 1).length,
    'stored though the answer was lost': acknowledged.filter(({ outcomes }) => {
      const last = outcomes.at(-1)!;
      return isAnswer(last) && isDuplicate(last);
    }).length,
    stored: deliveries.length,
    events: events.length,
    handled: events.filter(({ handled }) => handled).length,
    'jobs given out again': sum(jobs.map(({ retries }) => retries)),
  };
}

function wordFor(outcome: Outcome): string {
  return isAnswer(outcome) ? `answered ${outcome.status}` : `unanswered for ${outcome.silence}`;
}

/** So many of a kind are shown; the others are counted. */
const SHOWN = 3;

/** @returns one line, if there is any */
function among<Item>(items: readonly Item[], what: string, isWrong: (item: Item) => boolean): string[] {
  const wrong = items.filter(isWrong);
  const examples = JSON.stringify(wrong.slice(0, SHOWN), (name, value: unknown) =>
    ['body', 'headers', 'payload'].includes(name) ? undefined : value,
  );
  return wrong.length === 0 ? [] : [`${wrong.length} ${what}: ${examples}`];
}

const isDuplicate = ({ body }: { readonly body: string }) => body.includes('duplicate');

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function countEach(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const repeated = (words: readonly string[]) => [...countEach(words)].filter(([, times]) => times > 1);

const digests = new WeakMap<SentDelivery, string>();

/** No two bodies are equal. */
function digestOf(delivery: SentDelivery): string {
  const digest = digests.get(delivery) ?? createHash('sha256').update(delivery.body).digest('hex');
  digests.set(delivery, digest);
  return digest;
}
