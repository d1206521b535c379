/** Every constraint that isolation or truth rests on is there, valid, and nobody quietly dropped it. */
import type { ClientBase } from 'pg';
import { differences, type Finding } from './finding.js';

/** Table → primary keys, unique constraints, foreign keys and checks, as Postgres prints them. */
const declared: Readonly<Record<string, readonly string[]>> = {
  environment_stamp: ['CHECK (is_only)', 'PRIMARY KEY (is_only)'],
  idempotency_keys: [
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, actor_id, method, route, key)',
  ],
  members: [
    "CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'agent'::text, 'viewer'::text])))",
    "CHECK ((status = ANY (ARRAY['active'::text, 'removed'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (user_id) REFERENCES users(id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, user_id)',
  ],
  migrations: ['PRIMARY KEY (id)'],
  platform_enrolments: ['CHECK ((length(token_hash) = 32))', 'PRIMARY KEY (id)', 'UNIQUE (token_hash)'],
  organizations: [
    "CHECK ((kind = ANY (ARRAY['demo'::text, 'internal'::text, 'customer'::text])))",
    "CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))",
    "CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))",
    'PRIMARY KEY (id)',
    'UNIQUE (slug)',
  ],
  sessions: [
    'CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL)))',
    'CHECK ((length(salt) = 32))',
    "CHECK ((revoked_reason = ANY (ARRAY['signed-out'::text, 'refresh-token-reused'::text])))",
    'FOREIGN KEY (current_organization_id, user_id) REFERENCES members(organization_id, user_id)',
    'FOREIGN KEY (user_id) REFERENCES users(id)',
    'PRIMARY KEY (id)',
  ],
  users: [
    'CHECK ((email = lower(btrim(email))))',
    "CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))",
    'PRIMARY KEY (id)',
    'UNIQUE (email)',
  ],
  connections: [
    "CHECK (((endpoint_owner_id = organization_id) OR (endpoint_owner_id = '00000000-0000-0000-0000-000000000000'::uuid)))",
    'CHECK (((length(account) >= 1) AND (length(account) <= 255)))',
    "CHECK (((status <> 'verified'::text) OR ((verified_at IS NOT NULL) AND (problem IS NULL))))",
    "CHECK ((problem = ANY (ARRAY['credentials-refused'::text, 'account-mismatch'::text, 'account-taken'::text, 'vendor-unavailable'::text, 'uninstalled'::text, 'account-not-listed'::text])))",
    "CHECK ((provider = ANY (ARRAY['shopify'::text, 'whatsapp'::text, 'richpanel'::text])))",
    "CHECK ((status = ANY (ARRAY['unverified'::text, 'verified'::text, 'disabled'::text])))",
    'FOREIGN KEY (endpoint_id, endpoint_owner_id, provider) REFERENCES endpoints(id, owner_id, provider)',
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, provider, account)',
  ],
  endpoints: [
    "CHECK (((verify_token IS NULL) = (provider <> 'whatsapp'::text)))",
    "CHECK ((key ~ '^[A-Za-z0-9_-]{22}$'::text))",
    "CHECK ((provider = ANY (ARRAY['shopify'::text, 'whatsapp'::text, 'richpanel'::text])))",
    "CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))",
    'PRIMARY KEY (id)',
    'UNIQUE (id, owner_id, provider)',
    'UNIQUE (key)',
  ],
  contacts: [
    'CHECK (((merged_into_id IS NULL) OR ((whatsapp_user_id IS NULL) AND (phone IS NULL) AND (email IS NULL))))',
    "CHECK ((phone ~ '^\\+[1-9][0-9]{5,14}$'::text))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, merged_into_id) REFERENCES contacts(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, email)',
    'UNIQUE (organization_id, phone)',
    'UNIQUE (organization_id, whatsapp_user_id)',
  ],
  conversations: [
    "CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'email'::text])))",
    "CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'resolved'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, assignee_id) REFERENCES members(organization_id, id)',
    'FOREIGN KEY (organization_id, connection_id) REFERENCES connections(organization_id, id)',
    'FOREIGN KEY (organization_id, contact_id) REFERENCES contacts(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
  ],
  messages: [
    "CHECK (((direction = 'inbound'::text) = (inbound_seq IS NOT NULL)))",
    "CHECK (((direction = 'inbound'::text) = (status = 'received'::text)))",
    "CHECK ((author = ANY (ARRAY['contact'::text, 'automation'::text, 'member'::text])))",
    "CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text])))",
    "CHECK ((status = ANY (ARRAY['received'::text, 'ready'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'played'::text, 'failed'::text, 'not-sent'::text, 'unknown'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, connection_id) REFERENCES connections(organization_id, id)',
    'FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, connection_id, vendor_message_id)',
  ],
  decisions: [
    "CHECK ((author = ANY (ARRAY['automation'::text, 'member'::text])))",
    "CHECK ((verdict = ANY (ARRAY['send'::text, 'hold'::text, 'refuse'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, answers_id) REFERENCES messages(organization_id, id)',
    'FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations(organization_id, id)',
    'FOREIGN KEY (organization_id, draft_id) REFERENCES drafts(organization_id, id)',
    'FOREIGN KEY (organization_id, message_id) REFERENCES messages(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
  ],
  drafts: [
    "CHECK ((status = ANY (ARRAY['open'::text, 'approved'::text, 'sent-by-itself'::text, 'rejected'::text, 'void'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, answers_id) REFERENCES messages(organization_id, id)',
    'FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations(organization_id, id)',
    'FOREIGN KEY (organization_id, message_id) REFERENCES messages(organization_id, id)',
    'FOREIGN KEY (organization_id, template_id) REFERENCES templates(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, answers_id)',
  ],
  organization_flags: [
    "CHECK ((ladder = ANY (ARRAY['routing'::text, 'drafts'::text, 'whitelist'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id)',
  ],
  platform_flags: ["CHECK ((name = 'platform'::text))", 'PRIMARY KEY (name)'],
  routing_rules: [
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'PRIMARY KEY (organization_id, id)',
  ],
  template_versions: [
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, template_id) REFERENCES templates(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, template_id, number)',
  ],
  templates: [
    'CHECK ((approved_number <= number))',
    "CHECK ((intent = ANY (ARRAY['order-status'::text, 'return'::text, 'cancellation'::text, 'other'::text])))",
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, name, language)',
  ],
  webhook_deliveries: [
    "CHECK ((body_encoding = ANY (ARRAY['identity'::text, 'br'::text])))",
    'CHECK ((length(delivery_key) = 32))',
    'FOREIGN KEY (endpoint_id) REFERENCES endpoints(id)',
    'PRIMARY KEY (id)',
    'UNIQUE (endpoint_id, delivery_key)',
  ],
  webhook_events: [
    'FOREIGN KEY (organization_id) REFERENCES organizations(id)',
    'FOREIGN KEY (organization_id, connection_id) REFERENCES connections(organization_id, id)',
    'PRIMARY KEY (organization_id, id)',
    'UNIQUE (organization_id, connection_id, fact_key)',
    'UNIQUE (organization_id, connection_id, vendor_event_key)',
  ],
  webhook_unclaimed: [
    "CHECK ((reason = ANY (ARRAY['unreadable'::text, 'account-unknown'::text, 'account-mismatch'::text, 'topic-mismatch'::text, 'not-connected'::text])))",
    'FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries(id)',
    'PRIMARY KEY (id)',
    'UNIQUE (delivery_id, fact_key)',
  ],
};

export async function constraintFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ table: string; definition: string }>(constraints);
  const { rows: invalid } = await client.query<Finding>(invalidIndexes);
  const actual = rows.map(({ table, definition }) => `${table} ${definition}`);
  const expected = Object.entries(declared).flatMap(([table, definitions]) =>
    definitions.map((definition) => `${table} ${definition}`),
  );
  const problems = {
    undeclared: 'is a constraint that nobody declared',
    missing: 'is a declared constraint that is missing',
  };
  return [...differences(actual, expected, problems), ...invalid];
}

/** A constraint that is NOT VALID prints so, and thereby differs. */
const constraints = `
  SELECT c.relname AS table, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2`;

const invalidIndexes = `
  SELECT i.indexrelid::regclass::text AS object, 'is an index that is not valid' AS problem
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
   WHERE c.relnamespace = 'public'::regnamespace AND NOT (i.indisvalid AND i.indisready)`;
