import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const module = join(import.meta.dirname, '../../src/logging/process-lines.ts');

/** A process of its own, with a logger that prints what it is given by name alone. */
function run(what: string) {
  const program = `
    const { logProcess } = await import(${JSON.stringify(module)});
    const say = (level) => ({ err }, words) => console.log(level, err.name, err.code ?? '-', words);
    logProcess({ warn: say('warn'), fatal: say('fatal') });
    const error = Object.assign(new TypeError('of Mara'), { code: 'E_MARA' });
    ${what}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout: stdout.trim().split('\n').at(-1), stderr, status };
}

test.each(['setImmediate(() => { throw error });', 'void Promise.reject(error);'])(
  'what nobody caught is a line without its message, and ends the process: %s',
  (what) => {
    const { stdout, stderr, status } = run(`${what} setTimeout(() => undefined, 10_000);`);
    expect(stdout).toBe('fatal TypeError E_MARA nobody caught it: the process ends');
    expect([stderr, status]).toEqual(['', 1]);
  },
);

test('a warning of Node is a line, and nothing is printed beside it', () => {
  const { stdout, stderr, status } = run(`process.emitWarning('of Mara', 'MaraWarning', 'M1');`);
  expect(stdout).toBe('warn MaraWarning M1 a warning of Node');
  expect([stderr, status]).toEqual(['', 0]);
});
