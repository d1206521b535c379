/**
 * Polls the kill switch in SSM (design.md, The send gate). Guarantees: `isOn()` is false only when the word `off` was read
 * by a poll that began within the last 30 s, and no poll since has read anything else. Missing, another word, or not read
 * yet: on. Reading never throws; a reader that hangs ages what is known, by the clock and not by a timer.
 */
import type { ParametersOutcome } from './cloud.provider.js';
import { KillSwitchParameter } from './kill-switch.provider.js';

export const pollEveryMs = 2_000;
export const unreadableMs = 30_000;

export interface KillSwitchOptions {
  readonly name: string;
  readonly read: (names: readonly string[]) => Promise<ParametersOutcome>;
  /** Told when it turns on or off, and when it becomes unreadable or readable. */
  readonly onChange?: (state: { readonly on: boolean; readonly why: string }) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

export class PolledKillSwitch extends KillSwitchParameter {
  private readonly now: () => number;
  /** What was read last, and when its poll began: later, it may have been turned already. */
  private known: { readonly off: boolean; readonly why: string; readonly at: number } | undefined;
  private told: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = true;

  constructor(private readonly options: KillSwitchOptions) {
    super();
    this.now = options.now ?? (() => performance.now());
  }

  /** @returns when the first poll has ended, so that a start can wait for it */
  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    await this.poll();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  override isOn(): boolean {
    const age = this.ageMs();
    return !this.known?.off || age === undefined || age > unreadableMs;
  }

  override ageMs(): number | undefined {
    return this.known && this.now() - this.known.at;
  }

  /** One at a time, so that a slow answer never overtakes a newer one. */
  private async poll(): Promise<void> {
    const began = this.now();
    const why = await this.readOnce(began);
    this.tell(why);
    if (this.stopped) return;
    const rest = Math.max(0, pollEveryMs - (this.now() - began));
    this.timer = setTimeout(() => void this.poll(), rest).unref();
  }

  /** @returns why it is what it is now */
  private async readOnce(at: number): Promise<string> {
    const { name, read } = this.options;
    const outcome = await read([name]).catch(() => undefined);
    if (outcome?.kind !== 'parameters') return `${name} cannot be read (${outcome?.kind ?? 'failed'})`;
    const word = outcome.values.get(name);
    const why = describe(name, word);
    this.known = { off: word === 'off', why, at };
    return why;
  }

  private tell(why: string): void {
    const on = this.isOn();
    const state = `${on} ${why}`;
    if (state === this.told) return;
    this.told = state;
    this.options.onChange?.({ on, why });
  }
}

function describe(name: string, word: string | undefined): string {
  if (word === undefined) return `${name} does not exist`;
  return word === 'on' || word === 'off' ? `${name} is ${word}` : `${name} is neither on nor off`;
}
