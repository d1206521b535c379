/** What one organization's requests and jobs may do, inside row-level security: part of the table in roles.ts. */
import { userWithoutPassword } from './roles.columns.js';

export const everyTable = { SELECT: '*' } as const;

/** pg-boss, asked to insert a job in somebody's transaction, reads the queue's options and answers the new id. */
export const enqueue = {
  'pgboss.job_common': { SELECT: ['id', 'group_id', 'start_after'], INSERT: '*' },
  'pgboss.queue': { SELECT: '*' },
} as const;

export const tenantTables = {
  organizations: { SELECT: '*', UPDATE: ['name', 'version', 'updated_at'] },
  members: { SELECT: '*', UPDATE: ['role', 'status', 'version', 'updated_at'] },
  idempotency_keys: { SELECT: '*', INSERT: '*' },
  users: { SELECT: userWithoutPassword },
  connections: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: [
      'name',
      'status',
      'problem',
      'credentials',
      'credentials_hint',
      'verified_at',
      'version',
      'updated_at',
    ],
  },
  endpoints: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['secret', 'previous_secret', 'verify_token', 'status', 'version', 'updated_at'],
  },
  webhook_events: { SELECT: '*', INSERT: '*', UPDATE: ['handled_at', 'version'] },
  contacts: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['name', 'whatsapp_user_id', 'phone', 'email', 'merged_into_id', 'version', 'updated_at'],
  },
  conversations: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: [
      'contact_id',
      'status',
      'assignee_id',
      'tags',
      'inbound_seq',
      'last_inbound_at',
      'last_message_at',
      'version',
      'updated_at',
    ],
  },
  messages: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['status', 'failure', 'vendor_message_id', 'attempt', 'sending_since', 'version', 'updated_at'],
  },
  platform_flags: everyTable,
  organization_flags: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['kill_switch', 'automation_enabled', 'safe_mode', 'ladder', 'version', 'updated_at'],
  },
  templates: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['number', 'approved_number', 'enabled', 'listed', 'version', 'updated_at'],
  },
  template_versions: { SELECT: '*', INSERT: '*' },
  routing_rules: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: ['name', 'place', 'enabled', 'conditions', 'actions', 'version', 'updated_at'],
  },
  drafts: {
    SELECT: '*',
    INSERT: '*',
    UPDATE: [
      'text',
      'edited',
      'status',
      'reason',
      'decided_by',
      'decided_at',
      'message_id',
      'version',
      'updated_at',
    ],
  },
  decisions: { SELECT: '*', INSERT: '*' },
  ...enqueue,
  'pgboss.job_common': { SELECT: ['id', 'name', 'state', 'group_id', 'start_after'], INSERT: '*' },
} as const;
