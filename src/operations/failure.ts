/** Why a process did not start or a command did not work, for a person; and the code it exits with. */
import { MongoAwayError } from '../archive/mongo.state.js';
import { exitCode } from '../config/exit-codes.js';
import { sourceOf } from '../config/process-environment.js';
import { SettingsError } from '../config/settings.js';
import { UnfitRoleError } from '../database/door-role.js';
import { StampError } from '../database/stamp.js';
import { errorFacts } from '../logging/error-facts.js';
import { text } from '../logging/log-line.js';
import { LocalPostgresError } from '../local-postgres/local-postgres.js';

/** The database has migrations that this build has not, or the other way round. */
export class MigrationsError extends Error {}

/** The port that was asked for, or every port, is in use. */
export class PortTakenError extends Error {}

/** The command was called wrongly. */
export class UsageError extends Error {}

/** A command needs a setting that the serving process does not. */
export class MissingSettingError extends Error {
  constructor(setting: string) {
    super(`${setting} is not set, and this command needs it`);
  }
}

const configurationErrors = [MigrationsError, MissingSettingError, UnfitRoleError, StampError];

/** Prints what went wrong and how to mend it; never the value of a secret. @returns the exit code */
export function reportFailure(what: string, error: unknown): number {
  if (error instanceof SettingsError) {
    console.error(`${what}: ${error.violations.length} setting(s) are wrong.\n`);
    for (const { setting, problem } of error.violations) {
      const source = sourceOf(setting);
      console.error(`  ${setting}  ${problem}${source === undefined ? '' : `  (set in: ${source})`}`);
    }
    console.error('\nEvery setting is described in env/backend.env.*.example.');
    return exitCode.configuration;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    console.error(`${what}: ${message}.`);
    return exitCode.usage;
  }
  if (configurationErrors.some((kind) => error instanceof kind)) {
    console.error(`${what}: ${message}.`);
    return exitCode.configuration;
  }
  if (error instanceof LocalPostgresError) console.error(`${what}: ${message}\n${error.mend}`);
  else if (error instanceof PortTakenError) console.error(`${what}: ${message}`);
  else if (error instanceof MongoAwayError) console.error(`${what}: ${message}.`);
  else if (isUnreachable(error))
    console.error(`${what}: the database cannot be reached (${message || 'connection refused'}).`);
  else console.error(`${what}: ${described(error)}`);
  return exitCode.unavailable;
}

function isUnreachable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|28|3D000)/.test(code);
}

/** Its words pass the scanner, and its properties are not told: an error may hold what it failed with. */
function described(error: unknown): string {
  const { name = 'Error', code, frames = [] } = errorFacts(error);
  const said = error instanceof Error ? text(error.message) : '';
  return [
    `${name}${code === undefined ? '' : ` ${code}`}: ${said}`,
    ...frames.map((frame) => `    ${frame}`),
  ].join('\n');
}
