/** The three environments (rule C1). Everything that differs between them is asked of `policy.ts`. */
export const environments = ['local', 'staging', 'production'] as const;

export type Environment = (typeof environments)[number];

const aliases: Readonly<Record<string, Environment>> = {
  local: 'local',
  dev: 'local',
  development: 'local',
  test: 'local',
  staging: 'staging',
  sandbox: 'staging',
  production: 'production',
  prod: 'production',
};

/** The words a person may use for an environment, for error messages. */
export const environmentWords: readonly string[] = Object.keys(aliases);

/** The environment a word names, or undefined when it names none: an unknown word must never mean `local`. */
export function environmentNamed(word: string): Environment | undefined {
  return Object.hasOwn(aliases, word) ? aliases[word] : undefined;
}
