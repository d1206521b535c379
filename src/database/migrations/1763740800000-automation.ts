import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowLevelSecurity } from '../organization-table.js';

const ofOrganizations = [
  'organization_flags',
  'templates',
  'template_versions',
  'routing_rules',
  'drafts',
  'decisions',
];

/** What may leave by itself, in whose words, and what was decided about it. */
export class Automation1763740800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [platformFlags, organizationFlags, templates, versions, rules, drafts, decisions])
      await runner.query(statement);
    for (const table of ofOrganizations) {
      for (const statement of rowLevelSecurity(table)) await runner.query(statement);
    }
    await runner.query(automaticMessages);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_automatic_idx');
    for (const table of [...ofOrganizations.toReversed(), 'platform_flags'])
      await runner.query(`DROP TABLE ${table}`);
  }
}

/** At most one row. What is not set is the safer value. */
const platformFlags = `
  CREATE TABLE platform_flags (
    name text PRIMARY KEY CHECK (name = 'platform'),
    kill_switch boolean NOT NULL DEFAULT false,
    automation_enabled boolean,
    safe_mode boolean,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`;

const organizationFlags = `
  CREATE TABLE organization_flags (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    kill_switch boolean NOT NULL DEFAULT false,
    automation_enabled boolean,
    safe_mode boolean,
    ladder text CHECK (ladder IN ('routing', 'drafts', 'whitelist')),
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT organization_flags_organization_key UNIQUE (organization_id)
  )`;

/** `approved_number`: the version that may leave by itself, which a later one is not until somebody approves it. */
const templates = `
  CREATE TABLE templates (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    intent text NOT NULL CHECK (intent IN ('order-status', 'return', 'cancellation', 'other')),
    number integer NOT NULL DEFAULT 1,
    approved_number integer,
    enabled boolean NOT NULL DEFAULT true,
    listed boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT templates_name_key UNIQUE (organization_id, name, language),
    CHECK (approved_number <= number)
  )`;

/** Append-only. */
const versions = `
  CREATE TABLE template_versions (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    number integer NOT NULL,
    body text NOT NULL,
    author_id uuid NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT template_versions_number_key UNIQUE (organization_id, template_id, number),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id)
  )`;

const rules = `
  CREATE TABLE routing_rules (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text NOT NULL,
    place integer NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    conditions json NOT NULL,
    actions json NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id)
  );
  CREATE INDEX routing_rules_place_idx ON routing_rules (organization_id, place, id)`;

/** The answer to one message, which has at most one. */
const drafts = `
  CREATE TABLE drafts (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    answers_id uuid NOT NULL,
    inbound_seq integer NOT NULL,
    text text NOT NULL,
    edited boolean NOT NULL DEFAULT false,
    template_id uuid,
    template_number integer,
    order_match json,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'sent-by-itself', 'rejected', 'void')),
    reason text,
    decided_by uuid,
    decided_at timestamptz(3),
    message_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT drafts_answers_key UNIQUE (organization_id, answers_id),
    FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
    FOREIGN KEY (organization_id, answers_id) REFERENCES messages (organization_id, id),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id)
  );
  CREATE INDEX drafts_conversation_idx ON drafts (organization_id, conversation_id, id)`;

/** Append-only. */
const decisions = `
  CREATE TABLE decisions (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    answers_id uuid,
    draft_id uuid,
    message_id uuid,
    author text NOT NULL CHECK (author IN ('automation', 'member')),
    author_id uuid,
    verdict text NOT NULL CHECK (verdict IN ('send', 'hold', 'refuse')),
    reason text NOT NULL,
    checks json NOT NULL,
    context json NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
    FOREIGN KEY (organization_id, answers_id) REFERENCES messages (organization_id, id),
    FOREIGN KEY (organization_id, draft_id) REFERENCES drafts (organization_id, id),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id)
  );
  CREATE INDEX decisions_conversation_idx ON decisions (organization_id, conversation_id, id)`;

/** What the budget counts with every automatic answer. */
const automaticMessages = `
  CREATE INDEX messages_automatic_idx ON messages (organization_id, created_at) WHERE author = 'automation'`;
