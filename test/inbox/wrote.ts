/** What people write to a connected number, and what became of it: deliveries, and the rows that they left. */
import { expect } from 'vitest';
import { soon } from '../jobs/worked.js';
import { batch } from '../jobs/whatsapp-batch.js';
import type { TestApp } from '../support/app.js';
import { countOf, type Connected } from '../webhooks/connected.js';
import { deliver, signed } from '../webhooks/signed.js';

export interface Written {
  readonly id: string;
  readonly userId?: string;
  /** Without its plus, as WhatsApp writes it. */
  readonly phone?: string;
  readonly name?: string;
  readonly text?: string;
  /** Epoch seconds. */
  readonly at?: number;
  /** Of another type than text, or broken. */
  readonly more?: object;
}

/** A minute ago, in whole seconds as vendors count. */
export const lately = Math.floor(Date.now() / 1_000) - 60;

/** One message, in a change of its own. */
export function wrote(
  { account }: Pick<Connected, 'account'>,
  { id, userId, phone, name = 'Mara', text = 'Hello', at = lately, more }: Written,
): object {
  const contact = {
    profile: { name },
    ...(phone !== undefined && { wa_id: phone }),
    ...(userId !== undefined && { user_id: userId }),
  };
  const message = {
    ...(phone !== undefined && { from: phone }),
    ...(userId !== undefined && { from_user_id: userId }),
    id: `wamid.${id}`,
    timestamp: String(at),
    type: 'text',
    text: { body: text },
    ...more,
  };
  return changed(account, { contacts: [contact], messages: [message] });
}

/** What became of messages. */
export function reported(
  { account }: Pick<Connected, 'account'>,
  ...statuses: readonly { readonly id: string; readonly status: string; readonly [more: string]: unknown }[]
): object {
  const whole = statuses.map((status) => ({
    timestamp: String(lately),
    recipient_id: '12025550143',
    ...status,
  }));
  return changed(account, { statuses: whole });
}

function changed(account: string, items: object): object {
  const metadata = { display_phone_number: '12025550190', phone_number_id: account };
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...items } };
}

/** Signed, posted and acknowledged. */
export async function post(t: TestApp, at: Connected, ...changes: readonly object[]): Promise<void> {
  await deliver(t.http, at.path, signed('whatsapp', at.secret, batch(...changes))).expect(200, {
    status: 'stored',
  });
}

/** Until all that came is handled. */
export async function untilHandled(
  t: TestApp,
  { endpointId, connectionId }: Pick<Connected, 'endpointId' | 'connectionId'>,
): Promise<void> {
  const waiting = async () =>
    (await countOf(t, 'webhook_deliveries', 'endpoint_id = $1 AND split_at IS NULL', [endpointId])) +
    (await countOf(t, 'webhook_events', 'connection_id = $1 AND handled_at IS NULL', [connectionId]));
  await expect.poll(waiting, soon).toBe(0);
}

/** Posted, and all of it handled. */
export async function take(t: TestApp, at: Connected, ...changes: readonly object[]): Promise<void> {
  await post(t, at, ...changes);
  await untilHandled(t, at);
}

export interface ContactRow {
  readonly id: string;
  readonly name: string | null;
  readonly whatsapp_user_id: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly merged_into_id: string | null;
  readonly version: number;
}
export interface ConversationRow {
  readonly id: string;
  readonly contact_id: string;
  readonly connection_id: string;
  readonly status: string;
  readonly tags: readonly string[];
  readonly inbound_seq: number;
  readonly last_inbound_at: Date | null;
  readonly last_message_at: Date;
  readonly version: number;
}
export interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly text: string | null;
  readonly vendor_message_id: string | null;
  readonly inbound_seq: number | null;
  readonly status: string;
  readonly failure: string | null;
  readonly occurred_at: Date;
  readonly version: number;
}

/** All that an organization has of it, in the order it was made; of messages, what contacts wrote. */
export async function inboxOf(
  t: TestApp,
  { owner: { organizationId } }: Pick<Connected, 'owner'>,
): Promise<{ contacts: ContactRow[]; conversations: ConversationRow[]; messages: MessageRow[] }> {
  const rowsOf = async <Row extends object>(table: string, which = 'true') =>
    (
      await t.admin.query<Row>(`SELECT * FROM ${table} WHERE organization_id = $1 AND ${which} ORDER BY id`, [
        organizationId,
      ])
    ).rows;
  return {
    contacts: await rowsOf<ContactRow>('contacts'),
    conversations: await rowsOf<ConversationRow>('conversations'),
    messages: await rowsOf<MessageRow>('messages', `direction = 'inbound'`),
  };
}

export async function messageRow(t: TestApp, id: string): Promise<MessageRow> {
  const { rows } = await t.admin.query<MessageRow>('SELECT * FROM messages WHERE id = $1', [id]);
  return rows[0]!;
}
