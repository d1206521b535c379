import { z } from 'zod';
import {
  encryptionKeys,
  environmentWord,
  listed,
  settingNotes,
  signingKeys,
  wholeNumber,
} from './setting.types.js';
import { egressHostProblem } from '../environment/egress.rules.js';
import { databaseSettings } from './settings.database.js';
import { vendorSettings } from './settings.vendors.js';

const keys = (use: string) =>
  signingKeys.optional().register(settingNotes, {
    description: `${use} kid:base64url[,…], at least 32 random bytes each; the first signs, all verify. Different in every environment`,
    secret: true,
    template: {
      staging: '<kid>:<32 random bytes, base64url>',
      production: '<kid>:<32 random bytes, base64url>',
    },
  });

const onOrOff = (description: string) =>
  z.enum(['true', 'false'], 'must be true or false').optional().register(settingNotes, { description });

/** As AWS takes tag values, and Prometheus labels. */
const tag = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 _.:/=+@-]{0,127}$/,
    'must be a short word: at most 128 of A-Z a-z 0-9 _.:/=+@-',
  );

function hostsOnly(hosts: readonly string[], context: z.RefinementCtx): void {
  for (const host of hosts) {
    const message = egressHostProblem(host);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }
}

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
  ...databaseSettings,
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
  ...vendorSettings,
  EGRESS_HOSTS: z.string().transform(listed).superRefine(hostsOnly).optional().register(settingNotes, {
    description:
      'Hosts that may be reached besides those the settings name (databases, AWS, traces): host or host:port, comma-separated. A private address is reached only when it is named here or in a URL of these settings',
  }),
  AUTOMATION_ENABLED: onOrOff(
    'A ceiling: false, and no organization’s automation drafts or sends. Default true in local, false elsewhere',
  ),
  SAFE_MODE: onOrOff(
    'A ceiling: true, and nothing leaves without a person. Default false in local, true elsewhere (S1.3)',
  ),
  DEV_AUTO_LOGIN: onOrOff(
    'true: a request without a sign-in is that of a demo owner. Local only, and only on loopback (S2.8). Default false',
  ),
  APP_URL: z
    .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
    .optional()
    .register(settingNotes, {
      description:
        'Where people reach this service; links are made from it alone (S-10). https outside local',
      template: { staging: 'https://<host>', production: 'https://<host>' },
    }),
  SERVICE_OWNER: tag.optional().register(settingNotes, {
    description:
      'The team that answers for it: the tag `owner` of log lines and metrics (S1.9); required outside local',
    template: { staging: '<team>', production: '<team>' },
  }),
  COST_CENTER: tag.optional().register(settingNotes, { description: 'The tag `cost-center` (S1.9)' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
    .optional()
    .register(settingNotes, { description: 'Where traces are sent (OTLP over HTTP). Unset: there are none' }),
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
