/** Writes `env/*.example` from the schema, so that a template never tells of a setting that does not exist (S4.4). */
import type { z } from 'zod';
import { environments, type Environment } from '../environment/environment.js';
import { policies } from '../environment/policy.js';
import { settingNotes } from './setting.types.js';
import { settingsSchema } from './settings.schema.js';

/** Every template, by its path in the checkout. */
export function backendTemplates(): { path: string; text: string }[] {
  return environments.map((environment) => ({
    path: `env/backend.env.${environment}.example`,
    text: backendTemplate(environment),
  }));
}

/** @returns the text of `env/backend.env.<environment>.example` */
export function backendTemplate(environment: Environment): string {
  const { databaseName, migrations, apiDocuments } = policies[environment];
  const head = [
    `# Settings of the backend in ${environment}. Generated from src/config/settings.schema.ts by: npm run ops -- templates`,
    `# Database: ${databaseName.words}. Migrations: ${migrations}. API documents: ${apiDocuments}.`,
    '# Never commit a filled-in copy. In local everything may stay unset.',
  ];
  const settings = Object.entries<z.ZodType>(settingsSchema.shape).map(([name, schema]) => {
    const note = settingNotes.get(schema);
    if (!note) throw new Error(`${name} has no note`);
    const value = note.template?.[environment];
    const line = value === undefined ? `# ${name}=` : `${name}=${value}`;
    return `\n# ${note.description}${note.secret ? ' (secret)' : ''}.\n${line}`;
  });
  return `${[...head, ...settings].join('\n')}\n`;
}
