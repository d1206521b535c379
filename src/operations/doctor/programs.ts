/** The programs that the doctor runs: this checkout's own tests, and git. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Ran } from './types.js';

const checkout = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** What a person types for all tests of a checkout; what only CI can do is CI's. */
const everything = [['test'], ['run', 'test:processes']] as const;

/**
 * As a person would type it. An image has no test tool: then there is nothing to run.
 *
 * @param folders none: everything, up to the first that fails
 */
export async function runTests(folders: readonly string[], folder = checkout): Promise<Ran | undefined> {
  if (!existsSync(resolve(folder, 'node_modules/vitest'))) return undefined;
  if (folders.length > 0) return npm(['test', '--', ...folders], folder);
  let code = 0;
  let output = '';
  for (const script of everything) {
    const ran = await npm([...script], folder);
    ({ code } = ran);
    output += ran.output;
    if (code !== 0) break;
  }
  return { code, output };
}

async function npm(args: readonly string[], folder: string): Promise<Ran> {
  return new Promise((done, fail) => {
    // Windows finds npm by a shell alone; none of the arguments is anybody's input.
    const options = { cwd: folder, shell: process.platform === 'win32' };
    const child = spawn('npm', [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
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
