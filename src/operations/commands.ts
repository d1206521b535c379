/** The operator's command line. Exit codes are those of config/exit-codes.ts. */
import { Command, CommanderError } from 'commander';
import { readMongoStamp } from '../archive/mongo.stamp.js';
import { exitCode } from '../config/exit-codes.js';
import { egressSettings } from '../config/egress-settings.js';
import { processEnvironment } from '../config/process-environment.js';
import { environmentOf, type ProcessEnvironment, type Purpose, type Settings } from '../config/settings.js';
import { policies } from '../environment/policy.js';
import { completeSettings, openTo } from './complete-settings.js';
import { doctor } from './doctor/doctor.js';
import type { DoctorOptions } from './doctor/types.js';
import { reportFailure } from './failure.js';
import { flagsCommand, type FlagOptions } from './flag-commands.js';
import { deadLettersCommand, replayCommand, unclaimedCommand, type JobOptions } from './job-commands.js';
import type { Outcome } from './outcome.js';
import { preflightCommand } from './preflight/command.js';
import type { PreflightOptions } from './preflight/types.js';
import { provisionCommand } from './provision-command.js';
import { catalogCommand, migrateCommand } from './schema-commands.js';
import { writeTemplates } from './templates.js';
import { verifyOrganization } from './verify/verify.js';

/** Gives a command settings that were checked; on the embedded database, starts it and leaves it as it was. */
type WithSettings = (work: (settings: Settings) => Promise<Outcome>, purpose?: Purpose) => Promise<Outcome>;

/**
 * @param argv without node and script
 * @param open lets connections out to what the settings name
 * @returns the exit code
 */
export async function runCommand(argv: readonly string[], open = openTo): Promise<number> {
  const withSettings: WithSettings = async (work, purpose = 'operate') => {
    const { settings, server } = await completeSettings(purpose, (line) => console.error(line), open);
    try {
      return await work(settings);
    } finally {
      await server?.stop();
    }
  };
  let code: number = exitCode.ok;
  const done: Done = (outcome, json) => {
    code = print(outcome, json);
  };
  const program = new Command('ops').description('Operate Bulkhead').exitOverride();
  const add = (name: string, description: string, work: (options: CommandOptions) => Promise<Outcome>) =>
    program
      .command(name)
      .description(description)
      .option('--json', 'print the result as JSON')
      .exitOverride()
      .action(async ({ json, ...options }: { json?: boolean } & CommandOptions) => {
        done(await work(options), json);
      });
  addSchema(add, withSettings);
  add('templates', 'write env/*.example from the settings schema', templatesCommand);
  add('unclaimed', 'list the newest facts of webhooks that no verified connection claims', () =>
    withSettings(unclaimedCommand),
  );
  addPreflight(program, open, done);
  addLooks(program, withSettings, done);
  addFlags(add, withSettings);
  addJobs(add, withSettings);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    return reportFailure('The command failed', error);
  }
}

/** @returns the exit code */
function print({ lines, data, code = exitCode.ok }: Outcome, json: boolean | undefined): number {
  console.log(json ? JSON.stringify(data) : lines.join('\n'));
  return code;
}

/** Reports on settings instead of needing right ones. */
function addPreflight(program: Command, openOut: typeof openTo, done: Done): void {
  program
    .command('preflight')
    .description('ask everything that must be right before a start: account, secrets, switches, databases')
    .requiredOption('--env <environment>', 'the environment that is meant')
    .requiredOption('--region <region>', 'the AWS region that is meant')
    .option('--out <file>', 'write the artifact (JSON, without secrets) there')
    .option('--compare <artifact>', 'of another environment: fails when both hold one secret')
    .option('--json', 'print the result as JSON')
    .exitOverride()
    .action(async ({ json, ...options }: PreflightOptions & { json?: boolean }) => {
      const open = (env: ProcessEnvironment, stage: 'secrets' | 'final') => {
        const environment = environmentOf(env);
        if (typeof environment === 'string') openOut(egressSettings(env, policies[environment], true), stage);
      };
      const say = (line: string) => console.error(line);
      done(await preflightCommand(options, processEnvironment(), open, say), json);
    });
}

/** They change nothing (S0.1, S0.3). */
function addLooks(program: Command, withSettings: WithSettings, done: Done): void {
  const onProgress = (line: string) => console.error(line);
  program
    .command('verify')
    .description(
      'look, as bulkhead_readonly, whether data and structure are in order (needs DATABASE_READONLY_URL)',
    )
    .exitOverride()
    .command('organization')
    .argument('[slug]', 'of this organization; without one, of all')
    .description('count rows, look for orphans, compare policies and grants; production allows it freely')
    .option('--json', 'print the result as JSON')
    .exitOverride()
    .action(async (slug: string | undefined, { json }: { json?: boolean }) =>
      done(await withSettings((settings) => verifyOrganization(settings, slug, onProgress)), json),
    );
  program
    .command('doctor')
    .description('say whether this is the environment one thinks it is, and in order')
    .option('--start', 'before work: also quick tests')
    .option('--finish', 'after work: also the full tests, and the files that changed')
    .option('--since <commit>', 'with --finish: where the work began')
    .option('--json', 'print the result as JSON')
    .exitOverride()
    .action(async ({ json, ...options }: DoctorOptions & { json?: boolean }) =>
      done(await withSettings((settings) => doctor(settings, options, { readMongoStamp, onProgress })), json),
    );
}

type CommandOptions = JobOptions & FlagOptions & { readonly enrol?: boolean };

type Done = (outcome: Outcome, json: boolean | undefined) => void;

type Add = (
  name: string,
  description: string,
  work: (options: CommandOptions) => Promise<Outcome>,
) => Command;

function addSchema(add: Add, withSettings: WithSettings): void {
  add('provision', 'create roles, database, stamp and what is ours (needs DATABASE_ADMIN_URL)', (options) =>
    withSettings((settings) => provisionCommand(settings, options), 'provision'),
  ).option('--enrol', 'void the link of the first platform admin, and make another');
  add('migrate', 'apply pending migrations and the grants (needs DATABASE_OWNER_URL)', () =>
    withSettings(migrateCommand),
  );
  add('catalog', 'compare tables, policies, grants and roles of the database with the code', () =>
    withSettings(catalogCommand),
  );
}

function addFlags(add: Add, withSettings: WithSettings): void {
  add('flags', 'show what may leave by itself, or set it: flags, ladder, kill switches', (options) =>
    withSettings((settings) => flagsCommand(settings, options)),
  )
    .option('--organization <slug>', 'of this organization')
    .option('--platform', 'of the platform, above every organization')
    .option('--automation <on|off>', 'whether the automation drafts at all')
    .option('--safe-mode <on|off>', 'whether a person approves everything')
    .option('--ladder <step>', 'routing, drafts or whitelist')
    .option('--kill-switch <on|off>', 'on: nothing leaves, not even a person’s reply');
}

function addJobs(add: Add, withSettings: WithSettings): void {
  const deadLetters = add('dead-letters', 'list jobs that failed every time', (options) =>
    withSettings((settings) => deadLettersCommand(settings, options)),
  );
  const replay = add('replay', 'put jobs that failed every time back into the queue', (options) =>
    withSettings((settings) => replayCommand(settings, options)),
  );
  for (const command of [deadLetters, replay]) {
    command
      .option('--job <name>', 'only this kind of job')
      .option('--id <id...>', 'only these')
      .option('--organization <id>', 'only of this organization')
      .option('--before <time>', 'only those that failed for good before this time (ISO 8601)');
  }
  replay.option('--all', 'all there are');
}

async function templatesCommand(): Promise<Outcome> {
  const written = await writeTemplates();
  return { lines: written.map((file) => `wrote ${file}`), data: { written } };
}
