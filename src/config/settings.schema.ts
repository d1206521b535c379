import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { environmentNamed, environmentWords } from '../environment/environment.js';
import { providerModes } from '../environment/policy.js';
import { encryptionKeys, postgresUrl, settingNotes, signingKeys } from './setting.types.js';

const environmentWord = z.string().refine((word) => environmentNamed(word) !== undefined, {
  error: (issue) =>
    `is "${String(issue.input)}", which names no environment; use one of ${environmentWords.join(', ')}`,
});
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

const roleUrl = (role: string, use: string) =>
  postgresUrl(role)
    .optional()
    .register(settingNotes, {
      description: `Signs in as ${role}: ${use}`,
      secret: true,
      template: {
        staging: `postgresql://${role}:<password>@<host>:5432/bulkhead_staging`,
        production: `postgresql://${role}:<password>@<host>:5432/bulkhead`,
      },
    });

const keys = (use: string) =>
  signingKeys.optional().register(settingNotes, {
    description: `${use} kid:base64url[,…], at least 32 random bytes each; the first signs, all verify. Different in every environment`,
    secret: true,
    template: {
      staging: '<kid>:<32 random bytes, base64url>',
      production: '<kid>:<32 random bytes, base64url>',
    },
  });

const provider = (vendor: string) =>
  z
    .enum(providerModes, `must be one of ${providerModes.join(', ')}`)
    .optional()
    .register(settingNotes, {
      description: `Who answers for ${vendor}: mock or off. Default: mock in local, else off (S4.1, S4.2)`,
    });

const onOrOff = (description: string) =>
  z.enum(['true', 'false'], 'must be true or false').optional().register(settingNotes, { description });

/** Every setting there is. Read once at start (`settings.ts`); nothing else reads `process.env`. */
export const settingsSchema = z.object({
  APP_ENV: environmentWord.optional().register(settingNotes, {
    description: 'local, staging or production; wins over NODE_ENV (C1)',
    template: { local: 'local', staging: 'staging', production: 'production' },
  }),
  NODE_ENV: environmentWord.optional().register(settingNotes, {
    description: 'Names the environment when APP_ENV is not set',
  }),
  BULKHEAD_IMAGE: z.literal('1', 'is set by the image alone, to 1').optional().register(settingNotes, {
    description:
      'Set by the container image: with it, an unnamed environment refuses instead of meaning local',
  }),
  DB_NAME: z
    .string()
    .optional()
    .register(settingNotes, {
      description: 'The database; must be the one every DATABASE_*_URL names (S0.1)',
      template: { local: 'bulkhead_local', staging: 'bulkhead_staging', production: 'bulkhead' },
    }),
  DATABASE_URL: roleUrl(
    'bulkhead_tenant',
    'one organization at a time. Unset in local: the embedded Postgres',
  ),
  DATABASE_ENTRY_URL: roleUrl('bulkhead_entry', 'sign-in, before the organization is known'),
  DATABASE_PLATFORM_URL: roleUrl('bulkhead_platform', 'reads across organizations, for the platform itself'),
  DATABASE_QUEUE_URL: roleUrl('bulkhead_queue', 'the job queue'),
  DATABASE_DIRECT_URL: postgresUrl('bulkhead_queue').optional().register(settingNotes, {
    description:
      'Signs in as bulkhead_queue past a transaction pooler, so that workers can LISTEN. Unset: they poll',
    secret: true,
  }),
  DATABASE_OWNER_URL: postgresUrl('bulkhead_owner').optional().register(settingNotes, {
    description:
      'Signs in as bulkhead_owner: migrations. For ops commands; a serving process outside local refuses it',
    secret: true,
  }),
  DATABASE_ADMIN_URL: postgresUrl(null).optional().register(settingNotes, {
    description:
      'A superuser, who creates roles and database. For `ops provision` only; a serving process refuses it',
    secret: true,
  }),
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10).register(settingNotes, {
    description: 'Connections per door and process (default 10)',
  }),
  ACCESS_TOKEN_KEYS: keys('Sign access tokens (HS256).'),
  REFRESH_TOKEN_KEYS: keys('Seal refresh tokens (HMAC-SHA256).'),
  CREDENTIAL_KEYS: encryptionKeys.optional().register(settingNotes, {
    description:
      'Encrypt the credentials of connections and the secrets of endpoints (A256GCM). kid:base64url[,…], exactly 32 random bytes each; the first encrypts, all decrypt. Different in every environment',
    secret: true,
    template: {
      staging: '<kid>:<32 random bytes, base64url>',
      production: '<kid>:<32 random bytes, base64url>',
    },
  }),
  SHOPIFY_PROVIDER: provider('Shopify'),
  WHATSAPP_PROVIDER: provider('WhatsApp'),
  RICHPANEL_PROVIDER: provider('Richpanel'),
  OPENAI_PROVIDER: provider('OpenAI'),
  EMAIL_PROVIDER: provider('e-mail'),
  MOCKS_DIR: z.string().refine(isAbsolute, 'must be an absolute path').optional().register(settingNotes, {
    description:
      'Folder where mocks keep what they accepted, the same for all processes; required where one is chosen. Unset in local: .data/mocks',
  }),
  AUTOMATION_ENABLED: onOrOff(
    'A ceiling: false, and no organization’s automation drafts or sends. Default true in local, false elsewhere',
  ),
  SAFE_MODE: onOrOff(
    'A ceiling: true, and nothing leaves without a person. Default false in local, true elsewhere (S1.3)',
  ),
  ROLE: z.enum(['api', 'worker', 'all'], 'must be api, worker or all').default('all').register(settingNotes, {
    description: 'api answers requests, worker works off jobs, all does both (default)',
  }),
  LISTEN_HOST: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional().register(settingNotes, {
    description: 'Address to listen on; default 127.0.0.1 in local, 0.0.0.0 elsewhere',
  }),
  PORT: wholeNumber(1, 65535)
    .optional()
    .register(settingNotes, {
      description: 'Port to listen on. Unset: the next free one from 3000. Set and taken: exit 69',
      template: { staging: '3000', production: '3000' },
    }),
  METRICS_TOKEN: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .register(settingNotes, {
      description: 'Bearer token that /metrics asks for; required outside local',
      secret: true,
      template: { staging: '<32 characters or more>', production: '<32 characters or more>' },
    }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info')
    .register(settingNotes, { description: 'debug, info (default), warn, error or silent' }),
});

export type ParsedSettings = z.output<typeof settingsSchema>;
