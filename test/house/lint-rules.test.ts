import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allowed, bans, rules, zones } from './lint-rules.cases.js';
import { PlantedTree, root } from './planted-tree.js';

const severities = z.record(z.string(), z.unknown());
const configuration = z.object({ rules: severities, overrides: z.array(z.object({ rules: severities })) });
const report = z.object({
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string().optional() })),
});

const unusedDirective = 'unused disable directive';
const codeOf = (rule: string) => {
  if (rule === unusedDirective) return rule;
  const [plugin, name] = rule.includes('/') ? rule.split('/') : ['eslint', rule];
  return `${plugin}(${name})`;
};

/** Every text of every ban in every zone. A zone that is one file needs a project of its own for each text. */
const planted = Object.entries(zones).flatMap(([zone, exempt]) =>
  Object.entries(bans).flatMap(([ban, { code, texts }]) =>
    texts.map((text, i) => ({
      ban,
      text,
      project: zone.endsWith('.ts') ? `project-${ban}-${i}/` : '',
      path: zone.endsWith('.ts') ? `project-${ban}-${i}/${zone}` : `${zone}${ban}-${i}.ts`,
      codes: exempt.some((b) => b === ban) ? [] : [code],
    })),
  ),
);
const single = Object.entries(rules).map(([rule, text], i) => ({
  rule,
  file: `${rule.startsWith('vitest/') ? 'test' : 'src/support'}/rule-${i}.test.ts`,
  text,
}));

describe('lint rules', () => {
  const tree = new PlantedTree(['.oxlintrc.json']);
  const found = new Map<string, string[]>();

  beforeAll(() => {
    for (const { path, text, project } of planted) {
      tree.plant(path, text);
      if (project !== '') tree.plant(`${project}.oxlintrc.json`, '{ "extends": ["../.oxlintrc.json"] }');
    }
    for (const { file, text } of single) tree.plant(file, text);
    for (const [file, text] of Object.entries(allowed)) tree.plant(file, text);
    const { diagnostics } = report.parse(
      JSON.parse(tree.run('oxlint/bin/oxlint', '--type-aware', '--format', 'json')),
    );
    for (const { filename, code } of diagnostics) {
      found.set(filename, [...(found.get(filename) ?? []), code ?? unusedDirective]);
    }
  });
  afterAll(() => tree.remove());

  const codesIn = (file: string) => [...new Set(found.get(file))];

  it('has a planted violation for every rule the configuration names', () => {
    const text = readFileSync(join(root, '.oxlintrc.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
    const { rules: base, overrides } = configuration.parse(JSON.parse(text));
    const configured = [base, ...overrides.map((override) => override.rules)].flatMap((set) =>
      Object.entries(set),
    );
    const on = configured.filter(([, severity]) => severity !== 'off').map(([rule]) => codeOf(rule));
    const proven = [...Object.keys(rules).map(codeOf), ...Object.values(bans).map(({ code }) => code)];
    expect([...new Set(on)].filter((code) => !proven.includes(code))).toEqual([]);
  });

  it.each(single)('refuses $rule', ({ rule, file }) => {
    expect(codesIn(file)).toEqual([codeOf(rule)]);
  });

  it.each(Object.keys(bans))('bans %s outside the folders that need it', (ban) => {
    const files = planted.filter((file) => file.ban === ban);
    expect(files.map(({ path }) => [path, codesIn(path)])).toEqual(
      files.map(({ path, codes }) => [path, codes]),
    );
  });

  it('leaves alone what Nest needs', () => {
    expect(Object.keys(allowed).map((file) => [file, codesIn(file)])).toEqual(
      Object.keys(allowed).map((file) => [file, []]),
    );
  });
});
