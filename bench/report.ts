/** What a run found, as a table for people and as JSON for machines. */
import { availableParallelism, cpus } from 'node:os';
import type { BenchCase, Floor, Measurement } from './bench-case.js';

export interface Verdict {
  readonly metric: string;
  readonly demands: string;
  readonly measured: number;
  readonly met: boolean;
}

export interface CaseReport extends Measurement {
  readonly name: string;
  readonly compares: string;
  /** Empty after a smoke run, which judges nothing. */
  readonly verdicts: readonly Verdict[];
}

export function reportCase(bench: BenchCase, measurement: Measurement, smoke: boolean): CaseReport {
  const { name, compares, floors } = bench;
  return {
    name,
    compares,
    ...measurement,
    verdicts: smoke ? [] : floors.map((floor) => judge(floor, measurement)),
  };
}

export const machine = {
  node: process.versions.node,
  cores: availableParallelism(),
  processor: cpus()[0]?.model ?? 'unknown',
  platform: `${process.platform}-${process.arch}`,
};

export function asJson(reports: readonly CaseReport[], smoke: boolean): string {
  const met = smoke ? null : reports.every(({ verdicts }) => verdicts.every((verdict) => verdict.met));
  return JSON.stringify({ machine, smoke, met, cases: reports }, undefined, 2);
}

export function asText({
  name,
  compares,
  conditions,
  postgres,
  series,
  metrics,
  verdicts,
}: CaseReport): string {
  const { node, cores, processor } = machine;
  const figures = series.map((each) => [
    each.name,
    each.median.requestsPerSecond.toFixed(0),
    each.median.p50Ms.toFixed(2),
    each.median.p99Ms.toFixed(2),
    each.median.cpuMicros.toFixed(0),
    String(each.requests),
  ]);
  const ratios = metrics.map((each) => [
    each.name,
    ...[each.min, each.median, each.max].map((n) => n.toFixed(3)),
  ]);
  return [
    `${name}: ${compares}`,
    conditions,
    `Node ${node}, Postgres ${postgres}, ${cores} cores (${processor}), everything on the same ones`,
    '',
    ...table(['median of rounds', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'answers, all right'], figures),
    '',
    ...table(['ratio, round by round', 'min', 'median', 'max'], ratios),
    '',
    ...verdicts.map(({ metric, demands, measured, met }) => {
      return `${met ? 'met   ' : 'MISSED'}  ${metric}: ${measured.toFixed(3)}, floor ${demands}`;
    }),
    ...(verdicts.length === 0 ? ['smoke run: it runs; nothing is claimed about its floors'] : []),
    '',
  ].join('\n');
}

function judge(floor: Floor, { metrics }: Measurement): Verdict {
  const metric = metrics.find(({ name }) => name === floor.metric);
  if (!metric) throw new Error(`the floor "${floor.metric}" names no metric of its case`);
  const measured = metric.median;
  return 'atLeast' in floor
    ? { metric: metric.name, demands: `≥ ${floor.atLeast}`, measured, met: measured >= floor.atLeast }
    : { metric: metric.name, demands: `≤ ${floor.atMost}`, measured, met: measured <= floor.atMost };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
