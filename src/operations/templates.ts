import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { backendTemplates } from '../config/env-template.js';

/** @returns the paths written, relative to the checkout */
export async function writeTemplates(): Promise<string[]> {
  const checkout = resolve(import.meta.dirname, '../..');
  const templates = backendTemplates();
  for (const { path, text } of templates) {
    const file = resolve(checkout, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return templates.map(({ path }) => path);
}
