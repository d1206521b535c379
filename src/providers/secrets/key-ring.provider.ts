/** The keys that sign and seal, as they are now. */
import type { KeyLists, KeySetting } from '../../config/key-lists.js';
import type { SigningKey } from '../../config/setting.types.js';

export abstract class KeyRing {
  /**
   * Answers at once. The first signs or seals, all verify or open. Ask at each use: a list that was kept does not rotate.
   * It is the same object for as long as its keys are the same, so that what is derived from it may be kept beside it.
   */
  abstract keys(setting: KeySetting): readonly SigningKey[];
}

/** Keys that came from variables: they change with the next start. */
export function fixedKeys(lists: KeyLists): KeyRing {
  return { keys: (setting) => lists[setting] };
}
