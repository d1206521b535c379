import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cases, landscape, packages } from './import-rules.cases.js';
import { PlantedTree, root } from './planted-tree.js';

const ruleSet = z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string().min(20) })) });
const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

const { forbidden } = ruleSet.parse(createRequire(import.meta.url)(`${root}/.dependency-cruiser.cjs`));
const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
const planted = Object.entries(cases).flatMap(([rule, files]) => files.map((file) => ({ rule, ...file })));

describe('import rules', () => {
  const tree = new PlantedTree(['.dependency-cruiser.cjs']);
  const broken = new Map<string, Set<string>>();

  beforeAll(() => {
    const { undeclared, ...declared } = packages;
    const manifest = Object.entries(declared).map(([kind, names]) => [kind, versions(names)]);
    tree.plant('package.json', JSON.stringify(Object.fromEntries([['type', 'module'], ...manifest])));
    for (const name of [...Object.values(declared).flat(), ...undeclared]) tree.plantPackage(name);
    tree.plantPackage('old', { deprecated: 'use something newer' });
    for (const [file, text] of Object.entries(landscape)) tree.plant(file, text);
    for (const { file, text } of planted) tree.plant(file, text);

    const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    const output = tree.run('dependency-cruiser/bin/dependency-cruiser.mjs', ...args);
    for (const { from, rule } of report.parse(JSON.parse(output)).summary.violations) {
      broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
    }
  });
  afterAll(() => tree.remove());

  it('has a planted violation for every rule, and no rule is without a reason', () => {
    expect(Object.keys(cases).toSorted()).toEqual(forbidden.map(({ name }) => name).toSorted());
  });

  it('plants every file once', () => {
    const files = [...Object.keys(landscape), ...planted.map(({ file }) => file)];
    expect(files.filter((file, i) => files.indexOf(file) !== i)).toEqual([]);
  });

  it.each(Object.keys(cases))('%s refuses what it should, and nothing else does', (rule) => {
    const violating = planted.filter((file) => file.rule === rule && file.target === undefined);
    const found = violating.map(({ file }) => [file, ...(broken.get(file) ?? [])]);
    expect(found).toEqual(violating.map(({ file }) => [file, rule]));
  });

  it('leaves alone what the house allows', () => {
    const guilty = new Set(planted.filter(({ target }) => target === undefined).map(({ file }) => file));
    expect([...broken].filter(([file]) => !guilty.has(file))).toEqual([]);
  });
});
