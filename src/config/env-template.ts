/** Writes `env/*.example` from the schema, so that a template never tells of a setting that does not exist (S4.4). */
import type { z } from 'zod';
import { environments, type Environment } from '../environment/environment.js';
import { policies } from '../environment/policy.js';
import { frontendSchema } from './frontend.schema.js';
import { settingNotes } from './setting.types.js';
import { settingsSchema } from './settings.schema.js';

/** Every template, by its path in the checkout. */
export function templates(): { path: string; text: string }[] {
  return environments.flatMap((environment) => [
    { path: `env/backend.env.${environment}.example`, text: backendTemplate(environment) },
    { path: `env/frontend.env.${environment}.example`, text: frontendTemplate(environment) },
  ]);
}

/** @returns the text of `env/backend.env.<environment>.example` */
export function backendTemplate(environment: Environment): string {
  const { databaseName, migrations, apiDocuments } = policies[environment];
  const head = [
    `# Settings of the backend in ${environment}. Generated from src/config/settings.schema.ts by: npm run ops -- templates`,
    `# Database: ${databaseName.words}. Migrations: ${migrations}. API documents: ${apiDocuments}.`,
    '# Never commit a filled-in copy. In local everything may stay unset.',
  ];
  return templateOf(head, settingsSchema.shape, environment);
}

/** @returns the text of `env/frontend.env.<environment>.example` */
export function frontendTemplate(environment: Environment): string {
  const head = [
    `# Settings of the pages in ${environment}. Generated from src/config/frontend.schema.ts by: npm run ops -- templates`,
    '# A browser is told all of them: never put a secret here.',
  ];
  return templateOf(head, frontendSchema.shape, environment);
}

function templateOf(
  head: readonly string[],
  shape: Readonly<Record<string, z.ZodType>>,
  environment: Environment,
): string {
  const settings = Object.entries(shape).map(([name, schema]) => {
    const note = settingNotes.get(schema);
    if (!note) throw new Error(`${name} has no note`);
    const value = note.template?.[environment];
    const line = value === undefined ? `# ${name}=` : `${name}=${value}`;
    return `\n# ${note.description}${note.secret ? ' (secret)' : ''}.\n${line}`;
  });
  return `${[...head, ...settings].join('\n')}\n`;
}
