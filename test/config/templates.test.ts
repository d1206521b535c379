import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configurationPage } from '../../src/config/configuration-page.js';
import { backendTemplate, frontendTemplate, templates } from '../../src/config/env-template.js';
import { frontendSchema } from '../../src/config/frontend.schema.js';
import { settingNotes } from '../../src/config/setting.types.js';
import { loadSettings, SettingsError } from '../../src/config/settings.js';
import { environments } from '../../src/environment/environment.js';

const checkout = resolve(import.meta.dirname, '../..');

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

const again = 'run: npm run ops -- templates';
for (const { path, text } of templates()) {
  test(`S4.4: ${path} is what the schema says`, async () => {
    expect(await readFile(resolve(checkout, path), 'utf8'), again).toBe(text);
  });
}

test('docs/configuration.md is what the schema and the policy say', async () => {
  expect(await readFile(resolve(checkout, 'docs/configuration.md'), 'utf8'), again).toBe(configurationPage());
});

test('there are two templates for each environment and no other', async () => {
  const names = environments.flatMap((environment) => [
    `backend.env.${environment}.example`,
    `frontend.env.${environment}.example`,
  ]);
  expect((await readdir(resolve(checkout, 'env'))).toSorted()).toEqual(names.toSorted());
});

test('S4.4: the pages are told nothing that is a secret, and nothing under a name of the backend’s', () => {
  const names = Object.keys(frontendSchema.shape);
  expect(names.filter((name) => !name.startsWith('PUBLIC_'))).toEqual([]);
  for (const schema of Object.values(frontendSchema.shape))
    expect(settingNotes.get(schema)?.secret).toBeUndefined();
  for (const environment of environments) {
    const filled = filledIn(frontendTemplate(environment));
    expect(frontendSchema.parse(filled)).toMatchObject({ PUBLIC_APP_ENV: environment });
  }
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
