/** Whether the archive that the settings name belongs to this environment, as part of what start-up says at once. */
import { requireMongoStamp } from '../archive/mongo.stamp.js';
import { mongoDatabase } from '../config/setting.types.js';
import type { Settings } from '../config/settings.js';
import type { ProcessEnvironment, SettingViolation } from '../config/violation.js';
import { StampError } from '../database/stamp.js';

const setting = 'MONGO_URL';

/** One that cannot be asked is no violation: it being away delays and loses nothing. */
export async function mongoStampViolation(
  env: ProcessEnvironment,
  environment: Settings['environment'],
): Promise<SettingViolation | undefined> {
  const url = env[setting] ?? '';
  if (mongoDatabase(url) === undefined) return undefined;
  try {
    await requireMongoStamp(url, environment);
    return undefined;
  } catch (error) {
    if (!(error instanceof StampError)) return undefined;
    return { setting, problem: `leads to the wrong place: ${error.message}` };
  }
}
