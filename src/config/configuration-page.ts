/** Writes docs/configuration.md from the schema, so that it never tells of a setting that does not exist. */
import type { z } from 'zod';
import { environments } from '../environment/environment.js';
import { policies, providerVendors } from '../environment/policy.js';
import { settingNotes } from './setting.types.js';
import { settingsSchema } from './settings.schema.js';

/** The policy, as a person reads it: one row a column of the table in code, one column an environment. */
function policyRows(): string[] {
  const each = (name: string, of: (policy: (typeof policies)['local']) => unknown) =>
    `| ${name} | ${environments.map((environment) => cell(String(of(policies[environment])))).join(' | ')} |`;
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  return [
    `| | ${environments.join(' | ')} |`,
    `|---|${environments.map(() => '---').join('|')}|`,
    each('database name, and the stamp inside', ({ databaseName }) => databaseName.words),
    each('embedded database, generated keys', (policy) => yes(policy.embeddedDatabase)),
    each('migrations', ({ migrations }) => migrations),
    each('demo data', ({ demoData }) => yes(demoData)),
    each('our own organization', ({ ownOrganization }) => ownOrganization?.slug ?? '–'),
    each('auto-login allowed', ({ autoLogin }) => yes(autoLogin)),
    each('strong secrets, each its own', ({ strongSecrets }) => yes(strongSecrets)),
    ...providerVendors.map((vendor) =>
      each(`provider of ${vendor}`, ({ providers }) => providers[vendor].join(', ')),
    ),
    each('recipients', ({ recipients }) => recipients),
    each('outbound hosts', ({ outbound }) => outbound),
    each('automation at first', ({ automation }) => (automation.enabled ? 'on' : 'off')),
    each('safe mode at first', ({ automation }) => (automation.safeMode ? 'on' : 'off')),
    each('/mocks', ({ mockControls }) => yes(mockControls)),
    each('listens on', ({ listenHost }) => listenHost),
    each('API documents', ({ apiDocuments }) => apiDocuments),
    each('/metrics without a token', ({ openMetrics }) => yes(openMetrics)),
  ];
}

/** @returns the text of docs/configuration.md */
export function configurationPage(): string {
  const settings = Object.entries<z.ZodType>(settingsSchema.shape).map(([name, schema]) => {
    const note = settingNotes.get(schema);
    if (!note) throw new Error(`${name} has no note`);
    return `| \`${name}\` | ${cell(note.description)} | ${note.secret ? 'secret' : ''} |`;
  });
  return [
    '# Configuration',
    '',
    'Generated from `src/config/settings.schema.ts` and `src/environment/policy.ts` by `npm run ops -- templates`.',
    '',
    'Settings are variables of the process, or of a `.env` beside `package.json`. They are read once, checked together, and',
    'everything that is wrong is said at once (exit 78). In local everything may stay unset. An empty setting is not set.',
    '`APP_ENV` wins over `NODE_ENV`; dev, development and test mean local, sandbox means staging, prod means production.',
    '',
    '## What an environment is and may do',
    '',
    ...policyRows(),
    '',
    '## Settings',
    '',
    '| setting | | |',
    '|---|---|---|',
    ...settings,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
