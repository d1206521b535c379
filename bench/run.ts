/** Measures the chosen cases one after the other and says what came out. `--help` says how it is called and how it ends. */
import { exitCode } from '../src/config/exit-codes.js';
import { parseArguments, usage, UsageError, type BenchArguments } from './arguments.js';
import { CannotStartError, type BenchCase, type BenchContext, type PreparedCase } from './bench-case.js';
import { cases } from './cases.js';
import { asJson, asText, reportCase, type CaseReport } from './report.js';

let preparing: Promise<PreparedCase> | undefined;
let interruptedBy: NodeJS.Signals | undefined;
const started = performance.now();

process.on('SIGINT', (signal) => void interrupted(signal));
process.on('SIGTERM', (signal) => void interrupted(signal));
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const called = parseArguments(process.argv.slice(2), cases);
    if (!called.help) return await measure(called);
    console.log(usage(cases));
    return exitCode.ok;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage(cases)}`);
      return exitCode.usage;
    }
    // What fails because we stop it is no news.
    if (!interruptedBy) console.error(error);
    return error instanceof CannotStartError ? exitCode.unavailable : exitCode.checkFailed;
  }
}

async function measure({ json, smoke, cases: chosen }: BenchArguments): Promise<number> {
  const reports: CaseReport[] = [];
  for (const bench of chosen) {
    const context: BenchContext = { smoke, progress: (line) => say(`${bench.name}: ${line}`) };
    const report = await measureCase(bench, context);
    if (!json) console.log(asText(report));
    reports.push(report);
  }
  if (json) console.log(asJson(reports, smoke));
  const missed = reports.some(({ verdicts }) => verdicts.some(({ met }) => !met));
  return missed ? exitCode.checkFailed : exitCode.ok;
}

async function measureCase(bench: BenchCase, context: BenchContext): Promise<CaseReport> {
  preparing = prepare(bench, context);
  const prepared = await preparing;
  try {
    return reportCase(bench, await prepared.run(), context.smoke);
  } finally {
    await prepared.close();
    preparing = undefined;
  }
}

/** @throws CannotStartError whatever went wrong: nothing has been measured yet */
async function prepare(bench: BenchCase, context: BenchContext): Promise<PreparedCase> {
  try {
    return await bench.prepare(context);
  } catch (error) {
    throw new CannotStartError(`${bench.name} could not be prepared`, { cause: error });
  }
}

/** stdout belongs to the result. */
function say(line: string): void {
  console.error(`${((performance.now() - started) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
}

/** Takes down what is up, Postgres above all. A second signal does not wait; the next run sweeps up after it. */
async function interrupted(signal: NodeJS.Signals): Promise<void> {
  const code = signal === 'SIGINT' ? 130 : 143;
  if (interruptedBy) process.exit(code);
  interruptedBy = signal;
  say(`${signal}: stopping (again to stop at once)`);
  const [prepared] = await Promise.allSettled([preparing]);
  if (prepared.status === 'fulfilled') await prepared.value?.close();
  process.exit(code);
}
