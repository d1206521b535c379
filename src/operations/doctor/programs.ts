/** The programs that the doctor runs: this checkout's own tests, and git. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Ran } from './types.js';

const checkout = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** `npm test`, so that it is the same command a person types. An image has no test tool: then there is nothing to run. */
export async function runTests(folders: readonly string[], folder = checkout): Promise<Ran | undefined> {
  if (!existsSync(resolve(folder, 'node_modules/vitest'))) return undefined;
  return new Promise((done, fail) => {
    // Windows finds npm by a shell alone; none of the arguments is anybody's input.
    const options = { cwd: folder, shell: process.platform === 'win32' };
    const child = spawn('npm', ['test', '--', ...folders], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const pass = (chunk: Buffer) => {
      output += chunk.toString();
      // Not stdout, which is for the result, as JSON perhaps.
      process.stderr.write(chunk);
    };
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.once('error', fail);
    child.once('close', (code) => done({ code: code ?? -1, output }));
  });
}

export async function git(args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: checkout, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
