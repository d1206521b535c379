import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowLevelSecurity } from '../organization-table.js';

const tables = ['contacts', 'conversations', 'messages'];

/** Shoppers, what they talk about with a shop, and what was said. */
export class Support1763737200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [contacts, conversations, messages]) await runner.query(statement);
    for (const table of tables) {
      for (const statement of rowLevelSecurity(table)) await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

/** One person to one organization. Who turned out to be somebody else already known points there. */
const contacts = `
  CREATE TABLE contacts (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text,
    whatsapp_user_id text,
    phone text CHECK (phone ~ '^\\+[1-9][0-9]{5,14}$'),
    email text,
    merged_into_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT contacts_whatsapp_user_id_key UNIQUE (organization_id, whatsapp_user_id),
    CONSTRAINT contacts_phone_key UNIQUE (organization_id, phone),
    CONSTRAINT contacts_email_key UNIQUE (organization_id, email),
    FOREIGN KEY (organization_id, merged_into_id) REFERENCES contacts (organization_id, id),
    CHECK ((merged_into_id IS NULL) OR ((whatsapp_user_id IS NULL) AND (phone IS NULL) AND (email IS NULL)))
  )`;

const conversations = `
  CREATE TABLE conversations (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('whatsapp', 'email')),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'resolved')),
    assignee_id uuid,
    tags text[] NOT NULL DEFAULT '{}',
    inbound_seq integer NOT NULL DEFAULT 0,
    last_inbound_at timestamptz(3),
    last_message_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, contact_id) REFERENCES contacts (organization_id, id),
    FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id),
    FOREIGN KEY (organization_id, assignee_id) REFERENCES members (organization_id, id)
  );
  CREATE INDEX conversations_contact_idx ON conversations (organization_id, contact_id, connection_id, id);
  CREATE INDEX conversations_status_idx ON conversations (organization_id, status, id)`;

const messages = `
  CREATE TABLE messages (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    author text NOT NULL CHECK (author IN ('contact', 'automation', 'member')),
    author_id uuid,
    type text NOT NULL,
    text text,
    content json,
    vendor_message_id text,
    reply_to text,
    inbound_seq integer,
    answers_seq integer,
    status text NOT NULL CHECK (status IN ('received', 'ready', 'sending', 'sent', 'delivered', 'read', 'played', 'failed', 'not-sent', 'unknown')),
    failure text,
    attempt uuid,
    sending_since timestamptz(3),
    occurred_at timestamptz(3) NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT messages_vendor_message_id_key UNIQUE (organization_id, connection_id, vendor_message_id),
    FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
    FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id),
    CHECK ((direction = 'inbound') = (status = 'received')),
    CHECK ((direction = 'inbound') = (inbound_seq IS NOT NULL))
  );
  CREATE INDEX messages_conversation_idx ON messages (organization_id, conversation_id, id)`;
