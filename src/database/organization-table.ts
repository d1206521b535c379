/**
 * The one template that makes a table an organization's: row-level security, enabled and forced, for the current
 * organization only. Migrations call it; the catalog check holds every table against the same policies.
 *
 * `(select …)` makes Postgres evaluate the setting once per statement instead of once per row; `nullif` because a
 * transaction-local setting leaves `''`, not NULL, behind on a pooled connection. Unset: no row matches.
 *
 * Expressions are written the way Postgres prints them, so that the catalog check can compare them as they are.
 */
const setting = (name: string) =>
  `( SELECT (NULLIF(current_setting('app.${name}'::text, true), ''::text))::uuid AS "nullif")`;
const currentOrganization = setting('organization_id');
const currentUser = setting('user_id');

export interface Policy {
  readonly name: string;
  readonly command: 'ALL' | 'SELECT' | 'INSERT' | 'UPDATE';
  readonly roles: readonly string[];
  readonly using?: string;
  readonly check?: string;
}

const crossOrganizationReaders = ['bulkhead_backup', 'bulkhead_platform', 'bulkhead_readonly'];

/** `bulkhead_owner` is named so that `auth_assert`, which runs as the owner, sees the organization it asserts. */
export function organizationPolicies(organizationColumn = 'organization_id'): Policy[] {
  const own = `(${organizationColumn} = ${currentOrganization})`;
  return [
    {
      name: 'own_organization',
      command: 'ALL',
      roles: ['bulkhead_owner', 'bulkhead_tenant'],
      using: own,
      check: own,
    },
    { name: 'read_across', command: 'SELECT', roles: crossOrganizationReaders, using: 'true' },
  ];
}

/** What a user may see and join before an organization is chosen: only what is bound to `app.user_id`. */
const ofCurrentUser = `(EXISTS ( SELECT FROM members m WHERE ((m.organization_id = organizations.id) AND (m.user_id = ${currentUser}))))`;
const joinsItself = `((user_id = ${currentUser}) AND (organization_id = ${currentOrganization}))`;
const sharesTheOrganization = '(EXISTS ( SELECT FROM members m WHERE (m.user_id = users.id)))';

/** A job belongs to the organization that its group names; one without a group is the platform's. */
const ownJob = `(group_id = ( SELECT NULLIF(current_setting('app.organization_id'::text, true), ''::text) AS "nullif"))`;
const isThePlatforms = `(owner_id = '00000000-0000-0000-0000-000000000000'::uuid)`;

/** Every policy of every table, by table (outside `public` with its schema). A table that is not named here has none, and the check says so. */
export const policies: Readonly<Record<string, readonly Policy[]>> = {
  organizations: [
    ...organizationPolicies('id'),
    { name: 'entry_reads_own', command: 'SELECT', roles: ['bulkhead_entry'], using: ofCurrentUser },
    {
      name: 'entry_founds',
      command: 'INSERT',
      roles: ['bulkhead_entry'],
      check: `(id = ${currentOrganization})`,
    },
  ],
  members: [
    ...organizationPolicies(),
    {
      name: 'entry_reads_own',
      command: 'SELECT',
      roles: ['bulkhead_entry'],
      using: `(user_id = ${currentUser})`,
    },
    { name: 'entry_joins', command: 'INSERT', roles: ['bulkhead_entry'], check: joinsItself },
  ],
  idempotency_keys: organizationPolicies(),
  connections: organizationPolicies(),
  webhook_events: organizationPolicies(),
  contacts: organizationPolicies(),
  conversations: organizationPolicies(),
  messages: organizationPolicies(),
  organization_flags: organizationPolicies(),
  templates: organizationPolicies(),
  template_versions: organizationPolicies(),
  routing_rules: organizationPolicies(),
  drafts: organizationPolicies(),
  decisions: organizationPolicies(),
  endpoints: [
    ...organizationPolicies('owner_id'),
    { name: 'entry_reads', command: 'SELECT', roles: ['bulkhead_entry'], using: 'true' },
    { name: 'platform_creates', command: 'INSERT', roles: ['bulkhead_platform'], check: isThePlatforms },
  ],
  'pgboss.job_common': [
    {
      name: 'own_organization',
      command: 'ALL',
      roles: ['bulkhead_tenant'],
      using: ownJob,
      check: ownJob,
    },
    {
      name: 'of_no_organization',
      command: 'ALL',
      roles: ['bulkhead_entry'],
      using: '(group_id IS NULL)',
      check: '(group_id IS NULL)',
    },
    { name: 'queue', command: 'ALL', roles: ['bulkhead_queue'], using: 'true', check: 'true' },
    { name: 'read_across', command: 'SELECT', roles: ['bulkhead_backup'], using: 'true' },
  ],
  users: [
    { name: 'fellow_members', command: 'SELECT', roles: ['bulkhead_tenant'], using: sharesTheOrganization },
    { name: 'entry', command: 'ALL', roles: ['bulkhead_entry'], using: 'true', check: 'true' },
    {
      name: 'read_across',
      command: 'SELECT',
      roles: ['bulkhead_owner', ...crossOrganizationReaders],
      using: 'true',
    },
  ],
};

/** @returns the statements that put a table under its policies */
export function rowLevelSecurity(table: string): string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    ...(policies[table] ?? []).map((policy) => createPolicy(table, policy)),
  ];
}

export function createPolicy(table: string, { name, command, roles, using, check }: Policy): string {
  return [
    `CREATE POLICY "${name}" ON ${table} FOR ${command} TO ${roles.join(', ')}`,
    using === undefined ? '' : `USING (${using})`,
    check === undefined ? '' : `WITH CHECK (${check})`,
  ]
    .filter(Boolean)
    .join(' ');
}
