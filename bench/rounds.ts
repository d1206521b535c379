/**
 * Measures contestants in alternation (A B A B …): on a shared machine absolute numbers drift from minute to minute,
 * and only what was measured side by side can be compared.
 */
import type { Metric } from './bench-case.js';
import type { LoadProcess, LoadResult } from './load/load.js';
import type { ServerProcess } from './server-process.js';

export interface Contestant {
  readonly name: string;
  readonly server: ServerProcess;
  readonly load: LoadProcess;
  /** @throws Error when a sampled answer is not what this contestant must say */
  readonly check: (result: LoadResult) => void;
}

export interface RoundPlan {
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
  readonly connections: number;
}

export interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server's process per request, in microseconds, on all its threads. */
  readonly cpuMicros: number;
}

export interface Series {
  readonly name: string;
  readonly requests: number;
  /** The median over all rounds, figure by figure. */
  readonly median: Round;
  readonly rounds: readonly Round[];
}

export async function alternate(
  contestants: readonly Contestant[],
  plan: RoundPlan,
  progress: (line: string) => void,
): Promise<Series[]> {
  progress(`warming up: ${contestants.map(({ name }) => name).join(', ')}`);
  for (const contestant of contestants) await measure(contestant, plan.connections, plan.warmUpMs);
  const rounds = new Map<string, Round[]>(contestants.map(({ name }) => [name, []]));
  const requests = new Map<string, number>();
  for (let number = 1; number <= plan.rounds; number += 1) {
    for (const contestant of contestants) {
      const { round, answers } = await measure(contestant, plan.connections, plan.roundMs);
      rounds.get(contestant.name)?.push(round);
      requests.set(contestant.name, (requests.get(contestant.name) ?? 0) + answers);
      progress(`round ${number}/${plan.rounds}  ${contestant.name}: ${describeRound(round)}`);
    }
  }
  return contestants.map(({ name }) => {
    const own = rounds.get(name) ?? [];
    return { name, requests: requests.get(name) ?? 0, median: medianRound(own), rounds: own };
  });
}

/** The figure of `over` divided by that of `under`, round by round. */
export function ratio(series: readonly Series[], over: string, under: string, figure: keyof Round): Metric {
  const upper = roundsOf(series, over);
  const lower = roundsOf(series, under);
  const ratios = upper.map((round, index) => round[figure] / (lower[index]?.[figure] ?? Number.NaN));
  const name = `${over} / ${under}, ${figureWords[figure]}`;
  return { name, min: Math.min(...ratios), median: median(ratios), max: Math.max(...ratios) };
}

export const figureWords: Readonly<Record<keyof Round, string>> = {
  requestsPerSecond: 'requests/s',
  p50Ms: 'p50',
  p99Ms: 'p99',
  cpuMicros: 'CPU',
};

async function measure({ name, server, load, check }: Contestant, connections: number, durationMs: number) {
  const before = await server.cpuMicros();
  const result = await load.run({ port: server.port, connections, durationMs });
  const cpu = (await server.cpuMicros()) - before;
  if (result.failure) throw new Error(`${name}: ${result.failure}`);
  if (result.answers === 0) throw new Error(`${name}: no answer in ${durationMs} ms`);
  check(result);
  const round: Round = {
    requestsPerSecond: (result.answers * 1_000) / result.elapsedMs,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicros: cpu / result.answers,
  };
  return { round, answers: result.answers };
}

function describeRound({ requestsPerSecond, p50Ms, p99Ms, cpuMicros }: Round): string {
  const latencies = `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`;
  return `${requestsPerSecond.toFixed(0)} requests/s, ${latencies}, ${cpuMicros.toFixed(0)} µs CPU`;
}

function roundsOf(series: readonly Series[], name: string): readonly Round[] {
  const found = series.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`nobody called "${name}" was measured`);
  return found.rounds;
}

export function medianRound(rounds: readonly Round[]): Round {
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuMicros: of('cpuMicros'),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
