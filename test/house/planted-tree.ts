import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A throw-away project in a temporary folder, with our own configuration files copied beside the planted ones. */
export class PlantedTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'bulkhead-house-'));

  constructor(ours: readonly string[]) {
    for (const file of ours) cpSync(join(root, file), join(this.folder, file));
    this.plant('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  }

  plant(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }

  plantPackage(name: string, manifest: Readonly<Record<string, string>> = {}): void {
    const folder = `node_modules/${name}`;
    this.plant(
      `${folder}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'main.js', ...manifest }),
    );
    this.plant(`${folder}/main.js`, 'module.exports = {};');
  }

  /** Runs one of the project's own tools in the folder. Finding violations is not a failure of the tool. */
  run(script: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules', script), ...args],
      {
        cwd: this.folder,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    if (stdout === '') throw new Error(`${script} ended with ${status} and said: ${stderr}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  types: [],
  noEmit: true,
  experimentalDecorators: true,
};
