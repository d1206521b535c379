import { parseArgs } from 'node:util';
import type { BenchCase } from './bench-case.js';

export interface BenchArguments {
  readonly json: boolean;
  readonly smoke: boolean;
  readonly help: boolean;
  readonly cases: readonly BenchCase[];
}

export class UsageError extends Error {}

export function usage(cases: readonly BenchCase[]): string {
  const width = Math.max(...cases.map(({ name }) => name.length));
  return [
    'npm run bench -- [--only <case>]… [--smoke] [--json]',
    '',
    '  --only <case>  only this case; may be repeated',
    '  --smoke        tiny data, seconds: shows that everything runs, judges no floor',
    '  --json         one JSON document on stdout and nothing else there',
    '',
    'Cases:',
    ...cases.map(({ name, compares }) => `  ${name.padEnd(width)}  ${compares}`),
    '',
    'Ends with 0 when every floor was met (with --smoke: when everything ran), 1 when a floor was missed or an',
    'answer was wrong, 2 when called wrongly, 69 when it could not start.',
  ].join('\n');
}

/** @throws UsageError */
export function parseArguments(given: string[], known: readonly BenchCase[]): BenchArguments {
  const { json, smoke, help, only } = parse(given);
  const unknown = only.filter((name) => !known.some((candidate) => candidate.name === name));
  if (unknown.length > 0) throw new UsageError(`no case is called ${unknown.join(', ')}`);
  const cases = only.length === 0 ? known : known.filter(({ name }) => only.includes(name));
  return { json, smoke, help, cases };
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const only = { type: 'string', multiple: true, default: [] as string[] } as const;
  try {
    return parseArgs({ args, options: { json: flag, smoke: flag, help: flag, only } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
