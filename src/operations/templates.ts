import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { configurationPage } from '../config/configuration-page.js';
import { templates } from '../config/env-template.js';

/** @returns the paths written, relative to the checkout */
export async function writeTemplates(): Promise<string[]> {
  const checkout = resolve(import.meta.dirname, '../..');
  const written = [...templates(), { path: 'docs/configuration.md', text: configurationPage() }];
  for (const { path, text } of written) {
    const file = resolve(checkout, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return written.map(({ path }) => path);
}
