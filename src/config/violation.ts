/** What a process was given, and what is wrong with it. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** `serve` is the API; `operate` is an `ops` command, which alone may hold the owner's and the admin's keys. */
export type Purpose = 'serve' | 'operate' | 'provision' | 'preflight';

export interface SettingViolation {
  readonly setting: string;
  /** What is wrong, with how to mend it. Never contains the value of a secret. */
  readonly problem: string;
}
