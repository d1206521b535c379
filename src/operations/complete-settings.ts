import { processEnvironment } from '../config/process-environment.js';
import {
  environmentOf,
  loadSettings,
  stateDir,
  type ProcessEnvironment,
  type Purpose,
  type Settings,
} from '../config/settings.js';
import { egressSettings, type EgressSettings } from '../config/egress-settings.js';
import { openEgress } from '../environment/egress.guard.js';
import { egressHostProblem } from '../environment/egress.rules.js';
import { policies } from '../environment/policy.js';
import { bootCheck, type AskStamps } from './boot-check.js';
import type { LocalPostgres } from '../local-postgres/local-postgres.js';
import {
  namesDatabase,
  startEmbeddedDatabase,
  withLocalKeys,
  withPlaceholders,
} from './local-environment.js';
import { mongoStampViolation } from './mongo-stamp-violation.js';
import { withSecrets } from './secret-references.js';
import { stampViolations } from './stamp-violations.js';

/**
 * The settings of this process. Everything is checked before anything is started, and everything that is wrong is said at
 * once; only then does `local` make what is missing: signing keys, and the embedded database, whose server the caller stops.
 *
 * @param open lets connections out; `ops preflight` has done so itself
 * @throws SettingsError, LocalPostgresError, StampError
 */
export async function completeSettings(
  purpose: Purpose,
  onProgress: (line: string) => void,
  open = openTo,
): Promise<{ settings: Settings; server?: LocalPostgres }> {
  const given = processEnvironment();
  const environment = environmentOf(given);
  const policy = typeof environment === 'string' ? policies[environment] : undefined;
  if (policy) open(egressSettings(given, policy), 'secrets');
  const env = await withSecrets(given, purpose);
  // Also to the hosts of URLs that were secrets.
  if (policy) open(egressSettings(env, policy), 'final');
  if (!policy?.generatedKeys) return { settings: await checked(env, purpose, onProgress, given) };
  const embedded = policy.embeddedDatabase && !namesDatabase(env);
  const complete = withPlaceholders(env);
  if (embedded) loadSettings(complete, purpose);
  else await checked(complete, purpose, onProgress);
  const withKeys = withLocalKeys(env, stateDir);
  if (!embedded) return { settings: loadSettings(withKeys, purpose) };
  const { server, env: started } = await startEmbeddedDatabase(withKeys, stateDir, onProgress, purpose);
  try {
    return { settings: await checked(started, purpose, onProgress), server };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function checked(
  env: ProcessEnvironment,
  purpose: Purpose,
  onProgress: (line: string) => void,
  unresolved?: ProcessEnvironment,
): Promise<Settings> {
  const asking = setTimeout(onProgress, 2_000, 'asking the databases which environment they belong to…');
  try {
    return await bootCheck(env, purpose, everyStamp, unresolved);
  } finally {
    clearTimeout(asking);
  }
}

/** What cannot be read as a host is said with the other violations, and opens nothing. */
export function openTo({ loopback, hosts }: EgressSettings, stage: 'secrets' | 'final'): void {
  openEgress({ loopback, hosts: hosts.filter((host) => egressHostProblem(host) === undefined) }, stage);
}

const everyStamp: AskStamps = async (env, environment) => {
  const [postgres, archive] = await Promise.all([
    stampViolations(env, environment),
    mongoStampViolation(env, environment),
  ]);
  return archive ? [...postgres, archive] : postgres;
};
