import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks, type Check } from './source-checks.js';
import { root } from './planted-tree.js';

const find = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

function offencesOf({ files, except, offences }: Check): readonly string[] {
  return find(...files)
    .filter((file) => !except?.test(file))
    .flatMap((file) => offences(read(file)).map((offence) => `${file}: ${offence}`));
}

describe.each(Object.entries(checks))('%s', (_name, check) => {
  it.each(check.breaks)('bites on %s', (text) => {
    expect(check.offences(text)).not.toEqual([]);
  });

  it.each(check.keeps)('lets go %s', (text) => {
    expect(check.offences(text)).toEqual([]);
  });

  it('holds', () => {
    expect(offencesOf(check), check.says).toEqual([]);
  });
});

describe('the shape of src', () => {
  const files = find('src/**/*.ts');
  const sizes = files
    .filter((file) => !file.startsWith('src/database/migrations/'))
    .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines);
  const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0;
  const shape = `${sizes.length} files; half have at most ${at(0.5)} lines, most (p90) ${at(0.9)}, the longest ${at(1)}`;

  it('has no file over 250 lines', () => {
    expect(
      sizes.filter(({ lines }) => lines > 250),
      shape,
    ).toEqual([]);
  });

  it('has small files: the aim is half under 60 lines, the limit a median of 90', () => {
    expect(at(0.5), shape).toBeLessThanOrEqual(90);
  });

  it('has no barrels and no drawers', () => {
    const refused = /(^|\/)(index\.[cm]?[jt]s$|(common|utils|shared|helpers)\/)/;
    expect(files.filter((file) => refused.test(file))).toEqual([]);
  });
});
