/** Settings of what stands outside: who answers for each vendor, with which accounts, and for whom. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { providerModes } from '../environment/policy.js';
import { listed, settingNotes } from './setting.types.js';

const provider = (vendor: string) =>
  z
    .enum(providerModes, `must be one of ${providerModes.join(', ')}`)
    .optional()
    .register(settingNotes, {
      description: `Who answers for ${vendor}: mock, off, or the vendor itself: test, live-read (Shopify), live. Default: off in production, else mock (C2, C3, S4.1, S4.2)`,
    });

const accounts = (what: string) =>
  z
    .string()
    .transform(listed)
    .optional()
    .register(settingNotes, {
      description: `${what} that may be used here, comma-separated: where no key tells a test account from a real one, this does (S4.2). Required by test and live-read`,
    });

export const vendorSettings = {
  SHOPIFY_PROVIDER: provider('Shopify'),
  WHATSAPP_PROVIDER: provider('WhatsApp'),
  RICHPANEL_PROVIDER: provider('Richpanel'),
  OPENAI_PROVIDER: provider('OpenAI'),
  EMAIL_PROVIDER: provider('e-mail'),
  MOCKS_DIR: z
    .string()
    .refine(isAbsolute, 'must be an absolute path')
    .optional()
    .register(settingNotes, {
      description:
        'Folder where mocks keep what they accepted, the same for all processes; required where one is chosen. Unset in local: .data/mocks',
      template: { staging: '/var/lib/bulkhead/mocks' },
    }),
  SHOPIFY_ACCOUNTS: accounts('Shop domains'),
  WHATSAPP_ACCOUNTS: accounts('Phone number ids'),
  RICHPANEL_ACCOUNTS: accounts('Workspaces'),
  OPENAI_ACCOUNTS: accounts('Project ids'),
  EMAIL_ACCOUNTS: accounts('Sender domains'),
  OPENAI_API_KEY: z
    .string()
    .regex(
      /^sk-(proj|svcacct)-[A-Za-z0-9_-]{20,}$/,
      'must be a key of one project: sk-proj-… or sk-svcacct-…',
    )
    .optional()
    .register(settingNotes, {
      description: 'For OPENAI_PROVIDER=test or live; refused elsewhere',
      secret: true,
    }),
  RECIPIENTS: z.string().transform(listed).optional().register(settingNotes, {
    description:
      'Whom messages may reach where the environment asks for a list (staging): e-mail addresses, telephone numbers (E.164), whatsapp:<user id>, comma-separated. Unset: nobody',
  }),
  AWS_ACCOUNT_ID: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .optional()
    .register(settingNotes, {
      description:
        'The AWS account of this environment; with it, secrets and the second kill switch are read from AWS',
      template: { staging: '<12 digits>', production: '<12 digits>' },
    }),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as us-east-2')
    .optional()
    .register(settingNotes, {
      description: 'The AWS region; required with AWS_ACCOUNT_ID',
      template: { staging: 'us-east-2', production: 'us-east-2' },
    }),
  FINGERPRINT_KEY: z.string().min(32, 'must have at least 32 characters').optional().register(settingNotes, {
    description:
      'For `ops preflight`: the same in every environment, so that a secret that two of them share is found by its fingerprint (S4.6)',
    secret: true,
  }),
};
