/**
 * The guard as it ships, in processes of its own: it locks what it patches, so no test could run after it in this one.
 * Compiled anew for each file, from its own sources only, so that work elsewhere in the tree does not matter.
 */
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../../..');
const children = join(import.meta.dirname, 'children');

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: false,
};

export class BuiltGuard {
  // Inside the checkout, so that the built files find node_modules.
  private readonly folder = mkdtempSync(join(checkout, 'node_modules/.cache-egress-'));

  constructor() {
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }');
    for (const file of globSync(join(checkout, 'src/environment/egress*.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions });
      writeFileSync(join(this.folder, `${basename(file, '.ts')}.js`), outputText);
    }
  }

  /** Runs a program of `children/` under the guard and answers what it printed last, as JSON. */
  async run(program: string, ...args: readonly string[]): Promise<unknown> {
    const preloads = [join(children, 'resolver.ts'), join(this.folder, 'egress.preload.js')];
    const { stdout } = await run(
      process.execPath,
      [
        ...preloads.flatMap((file) => ['--import', pathToFileURL(file).href]),
        join(children, program),
        ...args,
      ],
      {
        env: { PATH: process.env['PATH']!, EGRESS_GUARD: pathToFileURL(this.folder).href },
        // Before the test's own time is up: a program that hangs must not outlive it.
        timeout: 25_000,
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
