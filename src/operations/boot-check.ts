/**
 * Everything that must be right before a process does anything, and everything that is wrong in one list (design.md,
 * Environments). There is no switch that turns a part of it off.
 */
import {
  environmentOf,
  loadSettings,
  SettingsError,
  type ProcessEnvironment,
  type Purpose,
  type Settings,
  type SettingViolation,
} from '../config/settings.js';

/** Asks what the settings name which environment it belongs to. What cannot be asked is no violation. */
export type AskStamps = (
  env: ProcessEnvironment,
  environment: Settings['environment'],
) => Promise<readonly SettingViolation[]>;

/**
 * @param unresolved the environment while its settings still named secrets
 * @throws SettingsError with every violation at once
 */
export async function bootCheck(
  env: ProcessEnvironment,
  purpose: Purpose,
  askStamps: AskStamps,
  unresolved?: ProcessEnvironment,
): Promise<Settings> {
  const environment = environmentOf(env);
  // What is provisioned may have no stamp yet; provisioning itself refuses another one.
  const isStamped = typeof environment === 'string' && purpose !== 'provision';
  const stamps = isStamped ? await askStamps(env, environment) : [];
  const settings = loaded(env, purpose, unresolved);
  if (settings instanceof SettingsError) throw new SettingsError([...settings.violations, ...stamps]);
  if (stamps.length > 0) throw new SettingsError(stamps);
  return settings;
}

function loaded(
  env: ProcessEnvironment,
  purpose: Purpose,
  unresolved?: ProcessEnvironment,
): Settings | SettingsError {
  try {
    return loadSettings(env, purpose, unresolved);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}
