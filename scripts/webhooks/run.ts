/** Sends what was asked for and says what came of it. `--help` says how it is called and how it ends. */
import { randomInt } from 'node:crypto';
import {
  handshake,
  parseArguments,
  usage,
  UsageError,
  type Arguments,
  type ListArguments,
} from './arguments.ts';
import { sendBurst, type BurstResult } from './burst.ts';
import { openClient, type Client, type Outcome } from './client.ts';
import { another, delivery } from './deliveries.ts';
import { hint, outcomeLine, summarize, summaryText, type Summary } from './report.ts';
import { samples } from './samples.ts';
import { locate, NoServerError, type Target } from './target.ts';

const exitCode = { ok: 0, notAcknowledged: 1, usage: 2, noServer: 69 } as const;

/** So many deliveries have a line each; more are summed up. */
const LINES = 10;

/** @returns the exit code */
export async function run(given: string[]): Promise<number> {
  try {
    const args = parseArguments(given);
    if (!args) console.log(usage);
    else if ('list' in args) console.log(listed(args));
    else return await send(args, locate(args));
    return exitCode.ok;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n\`npm run webhook -- --help\` says more.`);
      return exitCode.usage;
    }
    if (!(error instanceof NoServerError)) throw error;
    console.error(error.message);
    return exitCode.noServer;
  }
}

async function send(args: Arguments, target: Target): Promise<number> {
  const client = openClient(target.url, args.concurrency);
  try {
    return args.sample === handshake ? await ask(args, target, client) : await deliver(args, target, client);
  } finally {
    client.close();
  }
}

async function deliver(args: Arguments, { url, secret }: Target, client: Client): Promise<number> {
  const result = await sendBurst({
    count: args.repeat,
    concurrency: args.concurrency,
    send: () => client.post(url, delivery({ ...args, secret })),
    progress: (answered) => console.error(`${answered} of ${args.repeat} answered`),
  });
  const summary = summarize(result);
  const expected = result.outcomes.every((outcome) => isExpected(args, outcome));
  if (args.json) console.log(asJson(args, url, result, summary));
  else tell(args, result, summary);
  if (!result.outcomes.some((outcome) => 'status' in outcome)) return unreachable(url, result.outcomes);
  return expected ? exitCode.ok : exitCode.notAcknowledged;
}

/** Meta's question, answered with the challenge by whoever knows the token. */
async function ask(args: Arguments, { url, secret }: Target, client: Client): Promise<number> {
  const challenge = String(randomInt(10 ** 9, 10 ** 10));
  const question = new URL(url);
  question.search = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': args.tamper ? another(secret) : secret,
  }).toString();
  const outcome = await client.get(question);
  const right = 'status' in outcome && outcome.status === 200 && outcome.body === challenge;
  const refused = 'status' in outcome && [401, 403].includes(outcome.status);
  const { vendor, sample } = args;
  if (args.json)
    console.log(JSON.stringify({ vendor, sample, url, challenge, ...outcome, right }, undefined, 2));
  else console.log(`${outcomeLine(args, outcome)}\n${verdict(right, refused)}`);
  if ('silence' in outcome) return unreachable(url, [outcome]);
  return (args.tamper ? refused : right) ? exitCode.ok : exitCode.notAcknowledged;
}

function verdict(right: boolean, refused: boolean): string {
  if (right) return 'The challenge came back: Meta would now send to this address.';
  return refused
    ? 'Refused: it is not the token of this endpoint.'
    : 'That is not the challenge that was sent.';
}

function isExpected({ tamper }: Arguments, outcome: Outcome): boolean {
  if (!('status' in outcome)) return false;
  return tamper ? outcome.status === 401 : outcome.status >= 200 && outcome.status < 300;
}

function tell(args: Arguments, { outcomes }: BurstResult, summary: Summary): void {
  if (args.repeat > LINES) console.log(summaryText(args, summary));
  else for (const outcome of outcomes) console.log(outcomeLine(args, outcome));
  const statuses = new Set(outcomes.flatMap((outcome) => ('status' in outcome ? [outcome.status] : [])));
  if (statuses.size > 0) console.log(`\n${hint(args, statuses)}`);
}

function asJson(args: Arguments, url: URL, { outcomes }: BurstResult, summary: Summary): string {
  const { vendor, sample, same, tamper } = args;
  const answers = args.repeat > LINES ? {} : { answers: outcomes };
  return JSON.stringify({ vendor, sample, url, same, tamper, ...summary, ...answers }, undefined, 2);
}

function listed({ list, json }: ListArguments): string {
  const named = list.map((vendor) => [vendor, samples(vendor)] as const);
  if (json) return JSON.stringify(Object.fromEntries(named), undefined, 2);
  return named.map(([vendor, names]) => [vendor, ...names.map((name) => `  ${name}`)].join('\n')).join('\n');
}

function unreachable({ origin }: URL, outcomes: readonly Outcome[]): number {
  const why = outcomes.flatMap((outcome) => ('silence' in outcome ? [outcome.silence] : []))[0] ?? '';
  console.error(`Nobody answers at ${origin} (${why}). Is the server running? Start it with \`npm start\`.`);
  return exitCode.noServer;
}
