import { processEnvironment } from '../config/process-environment.js';
import { environmentOf, loadSettings, stateDir, type Purpose, type Settings } from '../config/settings.js';
import { policies } from '../environment/policy.js';
import type { LocalPostgres } from '../local-postgres/local-postgres.js';
import {
  namesDatabase,
  startEmbeddedDatabase,
  withLocalKeys,
  withPlaceholders,
} from './local-environment.js';

/**
 * The settings of this process. Everything is checked before anything is started; only then does `local` make what is
 * missing: signing keys, and the embedded database, whose server the caller stops.
 * @throws SettingsError, LocalPostgresError
 */
export async function completeSettings(
  purpose: Purpose,
  onProgress: (line: string) => void,
): Promise<{ settings: Settings; server?: LocalPostgres }> {
  const env = processEnvironment();
  const environment = environmentOf(env);
  const policy = typeof environment === 'string' ? policies[environment] : undefined;
  if (!policy?.generatedKeys) return { settings: loadSettings(env, purpose) };
  loadSettings(withPlaceholders(env), purpose);
  const withKeys = withLocalKeys(env, stateDir);
  if (!policy.embeddedDatabase || namesDatabase(env)) return { settings: loadSettings(withKeys, purpose) };
  const { server, env: complete } = await startEmbeddedDatabase(withKeys, stateDir, onProgress);
  return { settings: loadSettings(complete, purpose), server };
}
