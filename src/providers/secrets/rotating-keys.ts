/**
 * Lists of keys whose settings name secrets, read again while we run. Guarantees: `keys()` never waits, and answers only
 * lists that were judged as at the start; one that cannot be read or used is reported, by its setting and never by its
 * value, and the last good one stays, however long; no two lists in force share a key.
 */
import {
  keySettings,
  sameKeys,
  type Judged,
  type KeyLists,
  type KeySetting,
} from '../../config/key-lists.js';
import { valueIn, type KeyReferences } from '../../config/setting-references.js';
import type { SigningKey } from '../../config/setting.types.js';
import { KeyRing } from './key-ring.provider.js';
import { SecretCache } from './secret-cache.js';
import { secretWords, type SecretsProvider } from './secrets.provider.js';

/** How often the cache is asked. It asks the store once a minute, or every 5 s while that fails. */
export const lookEveryMs = 5_000;

export interface RotatingKeysOptions {
  /** What the start has read and judged. */
  readonly lists: KeyLists;
  readonly references: KeyReferences;
  readonly secrets: SecretsProvider;
  readonly judge: (setting: KeySetting, text: string, inForce: KeyLists) => Judged;
  /** Told when a list changes, and when it becomes unusable or usable. */
  readonly report: (line: string) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

export class RotatingKeys extends KeyRing {
  private readonly cache: SecretCache;
  private readonly problems = new Map<KeySetting, string>();
  private lists: KeyLists;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: RotatingKeysOptions) {
    super();
    this.lists = options.lists;
    const { secrets, now = () => performance.now() } = options;
    // No old values: the last good list is kept here, and a failure must be seen to be reported.
    this.cache = new SecretCache(secrets, { staleMs: 0, now });
  }

  override keys(setting: KeySetting): readonly SigningKey[] {
    return this.lists[setting];
  }

  /** Waits for nobody: the lists were read a moment ago, by the start. */
  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.look().then(() => this.start()), lookEveryMs).unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Takes what is new and good. Never throws. */
  async look(): Promise<void> {
    const read = await Promise.all(
      keySettings.map(async (setting) => ({ setting, text: await this.textOf(setting) })),
    );
    // One after the other: each is judged beside those that are then in force.
    for (const { setting, text } of read) if (text !== undefined) this.consider(setting, text);
  }

  private async textOf(setting: KeySetting): Promise<string | { readonly problem: string } | undefined> {
    const reference = this.options.references[setting];
    if (!reference) return undefined;
    const outcome = await this.cache.read(reference.name).catch(() => undefined);
    if (outcome?.kind === 'secret') return valueIn(outcome.secret.reveal(), reference.key);
    return { problem: outcome ? secretWords(outcome) : 'was not read' };
  }

  private consider(setting: KeySetting, text: string | { readonly problem: string }): void {
    const judged = typeof text === 'string' ? this.options.judge(setting, text, this.lists) : text;
    if ('problem' in judged) return this.complain(setting, judged.problem);
    const changed = !sameKeys(judged.keys, this.lists[setting]);
    if (changed) this.lists = { ...this.lists, [setting]: judged.keys };
    const mended = this.problems.delete(setting);
    const kids = judged.keys.map(({ kid }) => kid).join(', ');
    if (changed) this.options.report(`${setting} has changed: ${kids}`);
    else if (mended) this.options.report(`${setting} can be read again, and is as it was: ${kids}`);
  }

  /** Once for each problem, not once for each look. */
  private complain(setting: KeySetting, problem: string): void {
    if (this.problems.get(setting) === problem) return;
    this.problems.set(setting, problem);
    this.options.report(`${setting} keeps the keys it had: its secret ${problem}`);
  }
}
