/**
 * Who may do what in the database: role × table × columns × verbs. This is the only place grants come from
 * (`grants.ts` applies it) and the catalog check compares it with `pg_catalog` for equality.
 * No role owns a table but `bulkhead_owner`, none has BYPASSRLS, and none but `bulkhead_retention` may DELETE, except
 * `bulkhead_queue` in the queue's own schema (C6, C13, S3.2).
 */
import { enqueue, everyTable, tenantTables } from './roles.tenant.js';
import {
  connectionWithoutCredentials,
  contactWithoutPerson,
  draftWithoutWords,
  endpointWithoutSecrets,
  messageWithoutWords,
  userWithoutPassword,
} from './roles.columns.js';

export const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Verb = (typeof verbs)[number];

/** Where tables are: ours, and the queue's, whose tables are pg-boss' own. Names in `pgboss` are written with it. */
export const schemas = ['public', 'pgboss'] as const;

/** `'*'` is every column, also those that a later migration adds. */
export type TableGrant = Partial<Record<Verb, '*' | readonly string[]>>;

export interface Role {
  readonly use: string;
  readonly tables: Readonly<Record<string, TableGrant>>;
  readonly functions?: readonly string[];
  /** Settings of the role itself: they also hold through a transaction pooler, where a session's do not. */
  readonly settings: Readonly<Record<string, string>>;
}

const serving = {
  timezone: 'UTC',
  statement_timeout: '15s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '15s',
};
const reading = {
  timezone: 'UTC',
  statement_timeout: '60s',
  default_transaction_read_only: 'on',
};

export const authAssert = 'auth_assert(uuid,uuid,uuid,text)';
const jobNow = 'pgboss.job_now()';

export const queueTables = [
  'bam',
  'job',
  'job_common',
  'job_dependency',
  'queue',
  'queue_stats',
  'schedule',
  'subscription',
  'version',
  'warning',
].map((table) => `pgboss.${table}`);
const queueTablesWith = (grant: TableGrant): Record<string, TableGrant> =>
  Object.fromEntries(queueTables.map((table) => [table, grant]));
/** Every role may ask which environment this is. */
const stamp = { environment_stamp: everyTable } as const;
const readEverything = {
  ...stamp,
  organizations: everyTable,
  members: everyTable,
  idempotency_keys: everyTable,
  connections: { SELECT: connectionWithoutCredentials },
  endpoints: { SELECT: endpointWithoutSecrets },
  webhook_deliveries: everyTable,
  webhook_events: everyTable,
  webhook_unclaimed: everyTable,
  contacts: { SELECT: contactWithoutPerson },
  conversations: everyTable,
  messages: { SELECT: messageWithoutWords },
  organization_flags: everyTable,
  platform_flags: everyTable,
  templates: everyTable,
  template_versions: everyTable,
  routing_rules: everyTable,
  drafts: { SELECT: draftWithoutWords },
  decisions: everyTable,
  users: { SELECT: userWithoutPassword },
} as const;

export const roles = {
  bulkhead_tenant: {
    use: 'TenantDb: one organization, inside row-level security',
    tables: { ...tenantTables, ...stamp },
    functions: [authAssert, jobNow],
    settings: serving,
  },
  bulkhead_entry: {
    use: 'EntryDb: before the organization is known; never connections, contacts or messages',
    tables: {
      users: { SELECT: '*', INSERT: '*', UPDATE: ['password_hash', 'version', 'updated_at'] },
      sessions: {
        SELECT: '*',
        INSERT: '*',
        UPDATE: [
          'current_organization_id',
          'generation',
          'refreshed_at',
          'idle_expires_at',
          'revoked_at',
          'revoked_reason',
        ],
      },
      organizations: { SELECT: '*', INSERT: '*' },
      members: { SELECT: '*', INSERT: '*' },
      endpoints: { SELECT: '*' },
      webhook_deliveries: { SELECT: ['id'], INSERT: '*' },
      ...enqueue,
      ...stamp,
    },
    functions: [authAssert, jobNow],
    // Its statements are few and their plan does not depend on what they are given. Otherwise each is planned around its
    // parameters, of which a group commit's are copied several times over.
    settings: { ...serving, plan_cache_mode: 'force_generic_plan' },
  },
  bulkhead_platform: {
    use: 'PlatformDb: reads across organizations, writes platform tables only',
    tables: {
      ...readEverything,
      migrations: everyTable,
      endpoints: { SELECT: endpointWithoutSecrets, INSERT: '*' },
      webhook_deliveries: { SELECT: '*', UPDATE: ['split_at'] },
      webhook_unclaimed: { SELECT: '*', INSERT: '*' },
      platform_flags: {
        SELECT: '*',
        INSERT: '*',
        UPDATE: ['kill_switch', 'automation_enabled', 'safe_mode', 'version', 'updated_at'],
      },
    },
    settings: serving,
  },
  bulkhead_queue: {
    use: 'the job queue, in a schema of its own, where alone it may DELETE',
    tables: { ...queueTablesWith({ SELECT: '*', INSERT: '*', UPDATE: '*', DELETE: '*' }), ...stamp },
    functions: ['pgboss.create_queue(text,jsonb)', jobNow],
    settings: serving,
  },
  bulkhead_retention: {
    use: 'deletes what a retention policy says, in a job',
    tables: stamp,
    settings: serving,
  },
  bulkhead_readonly: {
    use: '`ops verify`: the one command production allows freely (S0.3)',
    tables: { ...readEverything, migrations: everyTable },
    settings: reading,
  },
  bulkhead_backup: {
    use: 'pg_dump with --enable-row-security; reads every column, or the dump would not be complete',
    tables: {
      ...readEverything,
      users: everyTable,
      sessions: everyTable,
      connections: everyTable,
      endpoints: everyTable,
      contacts: everyTable,
      messages: everyTable,
      drafts: everyTable,
      platform_enrolments: everyTable,
      migrations: everyTable,
      ...queueTablesWith(everyTable),
    },
    settings: { default_transaction_read_only: 'on' },
  },
  bulkhead_owner: {
    use: 'owns the schema and runs migrations; FORCE row-level security binds it too',
    tables: {},
    settings: { lock_timeout: '5s' },
  },
} as const satisfies Record<string, Role>;

export type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as RoleName[];
export const ownerRole: RoleName = 'bulkhead_owner';
