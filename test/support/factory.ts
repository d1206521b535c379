/**
 * Makes what a test needs: organizations, people in them, their sign-ins, their connections and events, what shoppers
 * talk about with them, and what is drafted and decided about it. Nothing is shared between tests.
 */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Agent } from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../../src/auth/passwords.js';
import type { MemberRole } from '../../src/auth/permissions.js';
import { platformOwner, type Vendor } from '../../src/connections/vendors.js';

export interface MadeMember {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
}

export interface SignedIn extends MadeMember {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Header that carries the access token. */
  readonly bearer: { authorization: string };
}

export interface MadeEndpoint {
  readonly id: string;
  readonly key: string;
  readonly provider: Vendor;
  readonly ownerId: string;
}

export interface MadeConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly provider: Vendor;
  readonly account: string;
  readonly endpoint: MadeEndpoint;
}

export interface MadeContact {
  readonly id: string;
  readonly organizationId: string;
}

export interface MadeConversation {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly contactId: string;
}

export interface ContactToMake {
  readonly name?: string | null;
  readonly whatsappUserId?: string | null;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly mergedIntoId?: string | null;
}

export interface ConversationToMake {
  readonly channel?: 'whatsapp' | 'email';
  readonly status?: 'open' | 'pending' | 'resolved';
  readonly assigneeId?: string | null;
  readonly tags?: readonly string[];
  readonly inboundSeq?: number;
  readonly lastInboundAt?: string | null;
}

/** Of the contact when it says nothing else; otherwise of the automation. */
export interface MessageToMake {
  readonly direction?: 'inbound' | 'outbound';
  readonly author?: 'contact' | 'automation' | 'member';
  readonly authorId?: string | null;
  readonly type?: string;
  readonly text?: string | null;
  readonly content?: object | null;
  readonly vendorMessageId?: string | null;
  readonly replyTo?: string | null;
  readonly inboundSeq?: number;
  readonly status?: string;
  readonly failure?: string | null;
  readonly occurredAt?: string;
}

/** With its versions, from the first to the newest. */
export interface TemplateToMake {
  readonly name?: string;
  readonly language?: string;
  readonly intent?: 'order-status' | 'return' | 'cancellation' | 'other';
  readonly bodies?: readonly string[];
  readonly approvedNumber?: number | null;
  readonly enabled?: boolean;
  readonly listed?: boolean;
}

export interface DraftToMake {
  /** The message it answers; without one it is planted too. */
  readonly answersId?: string;
  readonly inboundSeq?: number;
  readonly text?: string;
  readonly edited?: boolean;
  readonly templateId?: string | null;
  readonly templateNumber?: number | null;
  readonly orderMatch?: object | null;
  readonly status?: 'open' | 'approved' | 'sent-by-itself' | 'rejected' | 'void';
  readonly reason?: string | null;
  readonly decidedBy?: string | null;
  readonly messageId?: string | null;
}

export interface DecisionToMake {
  readonly answersId?: string | null;
  readonly draftId?: string | null;
  readonly messageId?: string | null;
  readonly author?: 'automation' | 'member';
  readonly authorId?: string | null;
  readonly verdict?: 'send' | 'hold' | 'refuse';
  readonly reason?: string;
  readonly checks?: readonly object[];
  readonly context?: object;
}

/** What stands where something sealed should: it opens nowhere. */
const notSealed = 'planted, not sealed';

export const password = 'a passphrase for tests';
let passwordHash: Promise<string> | undefined;

export class Factory {
  constructor(
    private readonly admin: Pool,
    private readonly http: () => Agent,
  ) {}

  async organization({ name = 'Shop', kind = 'customer', status = 'active' } = {}): Promise<string> {
    const id = uuidv7();
    await this.admin.query(
      'INSERT INTO organizations (id, slug, name, kind, status) VALUES ($1, $2, $3, $4, $5)',
      [id, `shop-${id}`, name, kind, status],
    );
    return id;
  }

  async member(
    organizationId: string,
    { role = 'owner', userId }: { role?: MemberRole; userId?: string } = {},
  ): Promise<MadeMember> {
    const id = uuidv7();
    const user = userId ?? (await this.user());
    await this.admin.query(
      'INSERT INTO members (organization_id, id, user_id, role) VALUES ($1, $2, $3, $4)',
      [organizationId, id, user, role],
    );
    return { id, userId: user, email: emailOf(user), organizationId };
  }

  async user({ withPassword = true, status = 'active' } = {}): Promise<string> {
    const id = uuidv7();
    passwordHash ??= hashPassword(password);
    await this.admin.query(
      'INSERT INTO users (id, email, display_name, password_hash, status) VALUES ($1, $2, $3, $4, $5)',
      [id, emailOf(id), 'Some Body', withPassword ? await passwordHash : null, status],
    );
    return id;
  }

  /** A member of a new organization (or of the given one), signed in through the API. */
  async signedIn({
    role,
    organizationId,
  }: { role?: MemberRole; organizationId?: string } = {}): Promise<SignedIn> {
    const organization = organizationId ?? (await this.organization());
    return this.signIn(await this.member(organization, role ? { role } : {}));
  }

  async signIn(member: MadeMember): Promise<SignedIn> {
    const { email, organizationId } = member;
    const answer = await this.http()
      .post('/v1/sessions')
      .send({ email, password, organizationId })
      .expect(201);
    const { accessToken, refreshToken } = answer.body as { accessToken: string; refreshToken: string };
    return { ...member, accessToken, refreshToken, bearer: { authorization: `Bearer ${accessToken}` } };
  }

  /** An endpoint, planted: of an organization, or of the platform's own app. */
  async endpoint(ownerId = platformOwner, provider: Vendor = 'shopify'): Promise<MadeEndpoint> {
    const [id, key] = [uuidv7(), randomBytes(16).toString('base64url')];
    await this.admin.query(
      'INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, key, provider, ownerId, notSealed, provider === 'whatsapp' ? notSealed : null],
    );
    return { id, key, provider, ownerId };
  }

  /** A verified connection at an endpoint of its own, planted: no vendor was asked, and its secrets open nowhere. */
  async connection(
    organizationId: string,
    { provider = 'shopify', name = 'Shop' }: { provider?: Vendor; name?: string } = {},
  ): Promise<MadeConnection> {
    const endpoint = await this.endpoint(organizationId, provider);
    const id = uuidv7();
    const account = `shop-${id}.myshopify.com`;
    await this.admin.query(
      `INSERT INTO connections (organization_id, id, provider, account, name, status, credentials, credentials_hint,
                                endpoint_id, endpoint_owner_id, verified_at)
       VALUES ($1, $2, $3, $4, $5, 'verified', $6, '••••', $7, $1, now())`,
      [organizationId, id, provider, account, name, notSealed, endpoint.id],
    );
    return { id, organizationId, provider, account, endpoint };
  }

  /** An event of a connection, planted. @returns its id */
  async webhookEvent(
    { organizationId, id: connectionId }: MadeConnection,
    {
      type = 'orders/create',
      payload = { name: '#1001' },
      handled = true,
    }: { type?: string; payload?: object; handled?: boolean } = {},
  ): Promise<string> {
    const id = uuidv7();
    await this.admin.query(
      `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, payload, received_at, handled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8)`,
      [organizationId, id, connectionId, uuidv7(), type, id, payload, handled ? new Date() : null],
    );
    return id;
  }

  /** Somebody who wrote, planted. */
  async contact(
    organizationId: string,
    {
      name = 'Ada',
      whatsappUserId = null,
      phone = null,
      email = null,
      mergedIntoId = null,
    }: ContactToMake = {},
  ): Promise<MadeContact> {
    const id = uuidv7();
    await this.admin.query(
      `INSERT INTO contacts (organization_id, id, name, whatsapp_user_id, phone, email, merged_into_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [organizationId, id, name, whatsappUserId, phone, email, mergedIntoId],
    );
    return { id, organizationId };
  }

  /** Planted, and silent: its messages are planted too. */
  async conversation(
    { organizationId, id: connectionId }: Pick<MadeConnection, 'id' | 'organizationId'>,
    { id: contactId }: Pick<MadeContact, 'id'>,
    {
      channel = 'whatsapp',
      status = 'open',
      assigneeId = null,
      tags = [],
      inboundSeq = 0,
      lastInboundAt = null,
    }: ConversationToMake = {},
  ): Promise<MadeConversation> {
    const id = uuidv7();
    await this.admin.query(
      `INSERT INTO conversations (organization_id, id, contact_id, connection_id, channel, status, assignee_id, tags,
                                  inbound_seq, last_inbound_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        organizationId,
        id,
        contactId,
        connectionId,
        channel,
        status,
        assigneeId,
        tags,
        inboundSeq,
        lastInboundAt,
      ],
    );
    return { id, organizationId, connectionId, contactId };
  }

  /** Planted; its conversation's own counts and times stay as they are. @returns its id */
  async message(
    { organizationId, id: conversationId, connectionId }: Omit<MadeConversation, 'contactId'>,
    {
      direction = 'inbound',
      author = direction === 'inbound' ? 'contact' : 'automation',
      authorId = null,
      type = 'text',
      text = 'Where is my order?',
      content = null,
      vendorMessageId = null,
      replyTo = null,
      inboundSeq = 1,
      status = direction === 'inbound' ? 'received' : 'sent',
      failure = null,
      occurredAt = '2026-11-21T08:30:00.000Z',
    }: MessageToMake = {},
  ): Promise<string> {
    const id = uuidv7();
    const seq = direction === 'inbound' ? inboundSeq : null;
    const said = [type, text, content, vendorMessageId, replyTo, seq, status, failure, occurredAt];
    await this.admin.query(
      `INSERT INTO messages (organization_id, id, conversation_id, connection_id, direction, author, author_id, type, text,
                             content, vendor_message_id, reply_to, inbound_seq, status, failure, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [organizationId, id, conversationId, connectionId, direction, author, authorId, ...said],
    );
    return id;
  }

  /** Planted, and taken as it is. @returns its id */
  async template(
    organizationId: string,
    {
      name,
      language = 'en',
      intent = 'order-status',
      bodies = ['Your order {{order.name}} is {{order.status}}.'],
      approvedNumber = null,
      enabled = true,
      listed = false,
    }: TemplateToMake = {},
  ): Promise<string> {
    const id = uuidv7();
    const template = [name ?? `Template ${id}`, language, intent, bodies.length, approvedNumber];
    await this.admin.query(
      `INSERT INTO templates (organization_id, id, name, language, intent, number, approved_number, enabled, listed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [organizationId, id, ...template, enabled, listed],
    );
    for (const [index, body] of bodies.entries()) {
      await this.admin.query(
        `INSERT INTO template_versions (organization_id, id, template_id, number, body, author_id)
         VALUES ($1, $2, $3, $4, $5, $2)`,
        [organizationId, uuidv7(), id, index + 1, body],
      );
    }
    return id;
  }

  /** Planted. It is stale where its conversation counts further than `inboundSeq`. @returns its id */
  async draft(
    conversation: Omit<MadeConversation, 'contactId'>,
    {
      inboundSeq = 1,
      answersId,
      text = 'Your order #1001 is on its way.',
      edited = false,
      templateId = null,
      templateNumber = null,
      orderMatch = null,
      status = 'open',
      reason = null,
      decidedBy = null,
      messageId = null,
    }: DraftToMake = {},
  ): Promise<string> {
    const id = uuidv7();
    const answered = answersId ?? (await this.message(conversation, { inboundSeq }));
    const written = [text, edited, templateId, templateNumber, orderMatch, status, reason];
    await this.admin.query(
      `INSERT INTO drafts (organization_id, id, conversation_id, answers_id, inbound_seq, text, edited, template_id,
                           template_number, order_match, status, reason, decided_by, message_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        conversation.organizationId,
        id,
        conversation.id,
        answered,
        inboundSeq,
        ...written,
        decidedBy,
        messageId,
      ],
    );
    return id;
  }

  /** Of the send gate, planted. @returns its id */
  async decision(
    { organizationId, id: conversationId }: Pick<MadeConversation, 'id' | 'organizationId'>,
    {
      answersId = null,
      draftId = null,
      messageId = null,
      author = 'automation',
      authorId = null,
      verdict = 'hold',
      reason = 'safe-mode',
      checks = [{ check: 'safe-mode', outcome: 'failed', reason: 'safe-mode', detail: '' }],
      context = { intent: 'order-status' },
    }: DecisionToMake = {},
  ): Promise<string> {
    const id = uuidv7();
    const about = [answersId, draftId, messageId, author, authorId];
    await this.admin.query(
      `INSERT INTO decisions (organization_id, id, conversation_id, answers_id, draft_id, message_id, author, author_id,
                              verdict, reason, checks, context)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [organizationId, id, conversationId, ...about, verdict, reason, JSON.stringify(checks), context],
    );
    return id;
  }
}

export function emailOf(userId: string): string {
  return `${userId}@people.example`;
}
