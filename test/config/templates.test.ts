import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { backendTemplate } from '../../src/config/env-template.js';
import { loadSettings, SettingsError } from '../../src/config/settings.js';
import { environments } from '../../src/environment/environment.js';

const folder = resolve(import.meta.dirname, '../../env');

/** `NAME=value` lines of a template, with the placeholders filled in. */
function filledIn(template: string): Record<string, string> {
  const lines = template.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
  const kid = (name: string) =>
    `${name.toLowerCase()}:${createHash('sha256').update(name).digest('base64url')}`;
  return Object.fromEntries(
    lines.map((line) => {
      const [name, ...value] = line.split('=');
      const filled = value.join('=').replace('<kid>:<32 random bytes, base64url>', kid(name!));
      return [
        name!,
        filled
          .replaceAll(/<(password|32 characters or more)>/g, createHash('sha256').update(name!).digest('hex'))
          .replace(/<12 digits>/, '012345678901')
          .replaceAll(/<(host|user|team)>/g, '$1'),
      ];
    }),
  );
}

for (const environment of environments) {
  test(`S4.4: env/backend.env.${environment}.example is what the schema says`, async () => {
    const written = await readFile(`${folder}/backend.env.${environment}.example`, 'utf8');
    expect(written, 'run: npm run ops -- templates').toBe(backendTemplate(environment));
  });
}

test('there is a template for each environment and no other', async () => {
  const names = environments.map((environment) => `backend.env.${environment}.example`);
  expect((await readdir(folder)).toSorted()).toEqual(names.toSorted());
});

test('a template that is filled in as it says is accepted', () => {
  for (const environment of ['staging', 'production'] as const) {
    expect(loadSettings(filledIn(backendTemplate(environment))).environment).toBe(environment);
  }
});

test('a template that is not filled in is refused', () => {
  const raw = Object.fromEntries(
    backendTemplate('production')
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
  expect(() => loadSettings(raw)).toThrow(SettingsError);
});
