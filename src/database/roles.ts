/**
 * Who may do what in the database: role × table × columns × verbs. This is the only place grants come from
 * (`grants.ts` applies it) and the catalog check compares it with `pg_catalog` for equality.
 * No role owns a table but `bulkhead_owner`, none has BYPASSRLS, and none but `bulkhead_retention` may DELETE (C6, C13, S3.2).
 */
export const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Verb = (typeof verbs)[number];

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

const userWithoutPassword = ['id', 'email', 'display_name', 'status', 'created_at', 'updated_at', 'version'];
const everyTable = { SELECT: '*' } as const;
const readEverything = {
  organizations: everyTable,
  members: everyTable,
  idempotency_keys: everyTable,
  users: { SELECT: userWithoutPassword },
} as const;

export const roles = {
  bulkhead_tenant: {
    use: 'TenantDb: one organization, inside row-level security',
    tables: {
      organizations: { SELECT: '*', UPDATE: ['name', 'version', 'updated_at'] },
      members: { SELECT: '*', UPDATE: ['role', 'status', 'version', 'updated_at'] },
      idempotency_keys: { SELECT: '*', INSERT: '*' },
      users: { SELECT: userWithoutPassword },
    },
    functions: [authAssert],
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
    },
    functions: [authAssert],
    settings: serving,
  },
  bulkhead_platform: {
    use: 'PlatformDb: reads across organizations, writes platform tables only',
    tables: { ...readEverything, migrations: everyTable },
    settings: serving,
  },
  bulkhead_queue: { use: 'the job queue, in a schema of its own', tables: {}, settings: serving },
  bulkhead_retention: {
    use: 'deletes what a retention policy says, in a job',
    tables: {},
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
      migrations: everyTable,
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
