/** `ops preflight` with what it really asks; what it concludes is in `preflight.ts`. */
import { readMongoStamp } from '../../archive/mongo.stamp.js';
import { environmentOf, loadSettings, type ProcessEnvironment } from '../../config/settings.js';
import { appliedMigrations } from '../../database/migrations.js';
import { readStamp } from '../../database/stamp.js';
import { policies } from '../../environment/policy.js';
import { completeSettings } from '../complete-settings.js';
import type { Outcome } from '../outcome.js';
import { inspectDatabase } from './database.js';
import { preflight } from './preflight.js';
import type { PreflightOptions } from './types.js';
import { openAwsAccount } from '../secret-references.js';

/** @param openTo lets connections out to what an environment names: as given, and again with its secrets */
export async function preflightCommand(
  options: PreflightOptions,
  env: ProcessEnvironment,
  openTo: (env: ProcessEnvironment, stage: 'secrets' | 'final') => void,
  onProgress: (line: string) => void,
): Promise<Outcome> {
  const isLocal = makesItsOwn(env);
  openTo(env, isLocal ? 'final' : 'secrets');
  return preflight(options, {
    env,
    openAccount: openAwsAccount,
    complete: async (resolved) => {
      // Not the check of a start: a wrong stamp is a line of its own here, beside all others.
      if (isLocal) return completeSettings('operate', onProgress, () => undefined);
      openTo(resolved, 'final');
      return { settings: loadSettings(resolved, 'preflight') };
    },
    inspectDatabase: async (url) => inspectDatabase(url, readStamp),
    appliedMigrations,
    readMongoStamp,
    // No adapter of this build can be asked yet; a mode that needs one is refused by the settings.
    whoAmI: {},
    onProgress,
  });
}

function makesItsOwn(env: ProcessEnvironment): boolean {
  const environment = environmentOf(env);
  return typeof environment === 'string' && policies[environment].generatedKeys;
}
