/** Settings of the databases: each process is given the roles it needs, and no other. */
import { mongoUrl, postgresUrl, settingNotes, wholeNumber } from './setting.types.js';

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

export const databaseSettings = {
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
  DATABASE_RETENTION_URL: postgresUrl('bulkhead_retention').optional().register(settingNotes, {
    description: 'Signs in as bulkhead_retention, which alone deletes. A serving process refuses it (S3.2)',
    secret: true,
  }),
  DATABASE_READONLY_URL: postgresUrl('bulkhead_readonly').optional().register(settingNotes, {
    description: 'Signs in as bulkhead_readonly: `ops verify organization` (S0.3)',
    secret: true,
  }),
  DATABASE_BACKUP_URL: postgresUrl('bulkhead_backup').optional().register(settingNotes, {
    description: 'Signs in as bulkhead_backup: dumps. A serving process refuses it (S3.2)',
    secret: true,
  }),
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10).register(settingNotes, {
    description: 'Connections per door and process (default 10)',
  }),
  MONGO_URL: mongoUrl.optional().register(settingNotes, {
    description:
      'The document archive: mongodb://host[,host…]/database, the database name of this environment. Unset: the archive is in Postgres',
    secret: true,
    template: {
      staging: 'mongodb://<user>:<password>@<host>/bulkhead_staging',
      production: 'mongodb://<user>:<password>@<host>/bulkhead',
    },
  }),
};
