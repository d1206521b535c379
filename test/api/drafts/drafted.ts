/** A conversation with a draft that waits in it, planted, and what became of the two. */
import type { TestApp } from '../../support/app.js';
import type { DraftToMake, MadeConnection, MadeConversation } from '../../support/factory.js';

export interface Drafted {
  readonly id: string;
  readonly conversation: MadeConversation;
}

export async function drafted(t: TestApp, number: MadeConnection, as: DraftToMake = {}): Promise<Drafted> {
  const contact = await t.make.contact(number.organizationId);
  const conversation = await t.make.conversation(number, contact, { inboundSeq: 1 });
  return { id: await t.make.draft(conversation, as), conversation };
}

/** The contact writes again, as an arriving message does it. */
export async function writesAgain(t: TestApp, { conversation }: Drafted): Promise<void> {
  await t.make.message(conversation, { inboundSeq: 2 });
  await t.admin.query('UPDATE conversations SET inbound_seq = 2 WHERE id = $1', [conversation.id]);
}

type Row = Readonly<Record<string, unknown>>;
export interface Became {
  readonly draft: Row;
  /** What we said in the conversation. */
  readonly messages: readonly Row[];
  readonly jobs: readonly Row[];
}

/** Whole rows, each with the transaction that wrote it. */
export async function becameOf(t: TestApp, { id, conversation }: Drafted): Promise<Became> {
  const drafts = await t.admin.query<Row>('SELECT *, xmin FROM drafts WHERE id = $1', [id]);
  const messages = await t.admin.query<Row>(
    `SELECT *, xmin FROM messages WHERE conversation_id = $1 AND direction = 'outbound' ORDER BY id`,
    [conversation.id],
  );
  const ids = messages.rows.map((message) => message['id']);
  const jobs = await t.admin.query<Row>(
    `SELECT name, data, group_id, state, xmin FROM pgboss.job_common
      WHERE name = 'send-message' AND data ->> 'messageId' = ANY ($1)`,
    [ids],
  );
  return { draft: drafts.rows[0]!, messages: messages.rows, jobs: jobs.rows };
}

/** Jobs of an organization, whatever they are about. */
export async function jobCount(t: TestApp, organizationId: string): Promise<number> {
  const { rowCount } = await t.admin.query(
    `SELECT FROM pgboss.job_common WHERE name = 'send-message' AND group_id = $1`,
    [organizationId],
  );
  return rowCount!;
}
