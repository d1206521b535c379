/** Node 24 brings Argon2 (24.7). It comes with `npm ci` as node-<platform>; npm scripts find it before the system's. */
const needed: readonly [major: number, minor: number] = [24, 7];

/** What to tell a person whose Node is too old, or undefined when it is not. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return undefined;
  return [
    `Bulkhead needs Node ${needed.join('.')} or later, and this is ${version}.`,
    'Start it with `npm start`, which uses the Node that `npm ci` installs on Linux and Windows;',
    'on another platform, or after `npm ci --omit=optional`, install Node 24 yourself.',
  ].join('\n');
}
