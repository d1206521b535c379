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
import { bootCheck } from './boot-check.js';
import type { LocalPostgres } from '../local-postgres/local-postgres.js';
import {
  namesDatabase,
  startEmbeddedDatabase,
  withLocalKeys,
  withPlaceholders,
} from './local-environment.js';
import { stampViolations } from './stamp-violations.js';

/**
 * The settings of this process. Everything is checked before anything is started, and everything that is wrong is said at
 * once; only then does `local` make what is missing: signing keys, and the embedded database, whose server the caller stops.
 * @throws SettingsError, LocalPostgresError, StampError
 */
export async function completeSettings(
  purpose: Purpose,
  onProgress: (line: string) => void,
): Promise<{ settings: Settings; server?: LocalPostgres }> {
  const env = processEnvironment();
  const environment = environmentOf(env);
  const policy = typeof environment === 'string' ? policies[environment] : undefined;
  if (policy) openTo(egressSettings(env, policy, !policy.generatedKeys));
  if (!policy?.generatedKeys) return { settings: await checked(env, purpose, onProgress) };
  const embedded = policy.embeddedDatabase && !namesDatabase(env);
  const complete = withPlaceholders(env);
  if (embedded) loadSettings(complete, purpose);
  else await checked(complete, purpose, onProgress);
  const withKeys = withLocalKeys(env, stateDir);
  if (!embedded) return { settings: loadSettings(withKeys, purpose) };
  const { server, env: started } = await startEmbeddedDatabase(withKeys, stateDir, onProgress);
  return { settings: loadSettings(started, purpose), server };
}

async function checked(
  env: ProcessEnvironment,
  purpose: Purpose,
  onProgress: (line: string) => void,
): Promise<Settings> {
  const asking = setTimeout(onProgress, 2_000, 'asking the databases which environment they belong to…');
  try {
    return await bootCheck(env, purpose, stampViolations);
  } finally {
    clearTimeout(asking);
  }
}

/** What cannot be read as a host is said with the other violations, and opens nothing. */
function openTo({ loopback, hosts }: EgressSettings): void {
  openEgress({ loopback, hosts: hosts.filter((host) => egressHostProblem(host) === undefined) });
}
