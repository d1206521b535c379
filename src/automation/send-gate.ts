/**
 * The only way out. Guarantees: a message leaves only when the transaction that claims it has decided so, with flags and
 * kill switches as they are in it; a claim sends at most once; what is not certain is never sent again.
 */
import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Connection } from '../connections/connection.entity.js';
import { Config } from '../config/config.module.js';
import type { OpenConnection } from '../connections/open-connections.js';
import { VendorCallRefused, VendorCalls } from '../connections/vendor-call.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { recipientRefusal, type Envelope, type RecipientRules } from '../environment/recipients.js';
import { mintPermit } from '../providers/messaging/mint-permit.js';
import type { SendOutcome } from '../providers/messaging/send-outcome.js';
import { WhatsAppProvider, type WhatsAppMessage } from '../providers/messaging/whatsapp.provider.js';
import type { Contact } from '../support/contact.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';
import { decide, type Decision as Judgement } from './decide.js';
import { Flags } from './flags.service.js';
import type { GateInput } from './decision-input.js';

/** Twice what a call may take: whoever claimed it is gone. Milliseconds. */
export const abandonedAfter = 60_000;

/** To be tried again: the vendor certainly has not got it, or somebody else is at it. */
export class NotSentYet extends Error {}

/** Where it would go. Read under the lock of the conversation. */
export interface Way {
  readonly conversation: Conversation;
  readonly contact: Contact;
  /** Undefined: not verified, and then nothing leaves. */
  readonly connection: OpenConnection | undefined;
}

/** What only the writer's side knows; the gate looks up the rest. */
export type Evidence = Pick<GateInput, 'author' | 'template' | 'order' | 'unsupported' | 'loop' | 'budget'>;

interface Claimed {
  readonly attempt: string;
  readonly connection: OpenConnection;
  readonly outgoing: WhatsAppMessage;
}

@Injectable()
export class SendGate {
  private readonly logger = new Logger(SendGate.name);
  private readonly rules: RecipientRules;

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly flags: Flags,
    private readonly calls: VendorCalls,
    private readonly whatsapp: WhatsAppProvider,
    config: Config,
  ) {
    this.rules = {
      policy: config.get('policy', { infer: true }),
      recipients: config.get('recipients', { infer: true }),
    };
  }

  /** In the transaction that acts on it. */
  async judge({ conversation, contact, connection }: Way, evidence: Evidence): Promise<Judgement> {
    const [state, isVerified] = await Promise.all([this.flags.effective(), this.isVerified(connection)]);
    const refusal = isVerified ? this.refusal(conversation, contact) : 'the connection is not verified';
    return decide({
      ...evidence,
      now: new Date(),
      state,
      window: { channel: conversation.channel, lastInboundAt: conversation.lastInboundAt },
      recipient: { allowed: refusal === undefined, ...(refusal !== undefined && { detail: refusal }) },
    });
  }

  /** Of the envelope that would leave. */
  private refusal({ channel }: Conversation, contact: Contact): string | undefined {
    if (channel !== 'whatsapp') return 'no way out by e-mail yet';
    return recipientRefusal(this.rules, envelopeOf(receiverOf(contact)));
  }

  /** Now: it was opened before this transaction, and may have been disabled since. */
  private async isVerified(connection: OpenConnection | undefined): Promise<boolean> {
    if (!connection) return false;
    const { id } = connection;
    const found = await this.tenantDb.read((from) =>
      from(Connection, 'connection')
        .select('connection.id', 'id')
        .where(`connection.id = :id AND connection.status = 'verified'`, { id }),
    );
    return found.length === 1;
  }

  /** In the transaction that judged it. The message is stored, locked and `ready`. */
  async claim(
    transaction: Transaction,
    judgement: Judgement,
    message: Message,
    { conversation, contact, connection }: Way,
  ): Promise<Claimed> {
    if (judgement.verdict !== 'send' || !connection) throw new Error('it was not judged to leave');
    const attempt = randomUUID();
    const { organizationId, id } = message;
    const claim = { status: 'sending', attempt, sendingSince: new Date(), failure: null } as const;
    const { affected } = await transaction.update(Message, { organizationId, id, status: 'ready' }, claim);
    if (affected !== 1) throw new Error('it was not ready');
    const said = { lastMessageAt: claim.sendingSince };
    await transaction.update(Conversation, { organizationId, id: conversation.id }, said);
    const outgoing = outgoingOf(message, contact, connection);
    // Asked again of the very envelope that leaves: whatever was judged, nobody else is reached.
    if (recipientRefusal(this.rules, envelopeOf(outgoing.to)) !== undefined)
      throw new Error('it would reach somebody who may not be reached here');
    return { attempt, connection, outgoing };
  }

  /** After the claim is committed. @throws NotSentYet */
  async deliver(claimed: Claimed): Promise<void> {
    await this.record(claimed, await this.call(claimed));
  }

  /** For who meets a message that somebody else has claimed. @throws NotSentYet while that one may be at it */
  async settleAbandoned(
    transaction: Transaction,
    { organizationId, id, sendingSince }: Message,
  ): Promise<void> {
    if (sendingSince && Date.now() - sendingSince.getTime() < abandonedAfter)
      throw new NotSentYet('somebody else is sending it');
    // It may have left: a report of the vendor's settles it, or a person.
    await transaction.update(
      Message,
      { organizationId, id, status: 'sending' },
      { status: 'unknown', failure: 'abandoned' },
    );
  }

  private async call({ outgoing, connection }: Claimed): Promise<SendOutcome> {
    const { accessToken = '' } = connection.credentials;
    const permit = mintPermit(outgoing, 'conversation');
    try {
      const key = { vendor: 'whatsapp', connection: connection.id } as const;
      const ask = async () => this.whatsapp.send({ accessToken }, outgoing, permit);
      return (await this.calls.call(key, 'send', ask)).outcome;
    } catch (error) {
      if (error instanceof VendorCallRefused)
        return { kind: 'not-accepted', reason: 'unreachable', retryable: true };
      this.logger.error(`sending ${outgoing.id} ended in ${(error as Error).name}: it may have left`);
      return { kind: 'unknown', reason: 'connection-lost' };
    }
  }

  /** A report of the vendor's may have been faster; it knows better. */
  private async record({ outgoing: { id }, attempt }: Claimed, outcome: SendOutcome): Promise<void> {
    const again = await this.tenantDb.run(async (transaction) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const message = await transaction.findOne(Message, { where: { id, attempt }, lock });
      if (!message || !['sending', 'unknown'].includes(message.status)) return false;
      const change = changeOf(outcome, message.status);
      await transaction.update(Message, { organizationId: message.organizationId, id }, change);
      return change.status === 'ready';
    });
    if (again) throw new NotSentYet('the vendor did not take it, and may do so later');
  }
}

function outgoingOf(
  { id, organizationId, text, replyTo }: Message,
  contact: Contact,
  { account }: OpenConnection,
): WhatsAppMessage {
  const to = receiverOf(contact);
  return { id, organizationId, from: account, to, text: text ?? '', ...(replyTo && { replyTo }) };
}

function receiverOf({ phone, whatsappUserId }: Contact): WhatsAppMessage['to'] {
  return { ...(phone && { phone }), ...(whatsappUserId && { userId: whatsappUserId }) };
}

function envelopeOf({ phone, userId }: WhatsAppMessage['to']): Envelope {
  return { phones: phone ? [phone] : [], userIds: userId ? [userId] : [] };
}

function changeOf(outcome: SendOutcome, from: Message['status']) {
  switch (outcome.kind) {
    case 'accepted':
      return { status: 'sent', vendorMessageId: outcome.vendorMessageId, failure: null } as const;
    case 'not-accepted':
      if (!outcome.retryable) return { status: 'failed', failure: outcome.reason } as const;
      // Who has given it up meanwhile has ended its job: nobody would come for it again.
      return { status: from === 'unknown' ? 'not-sent' : 'ready', failure: outcome.reason } as const;
    case 'unknown':
      return { status: 'unknown', failure: outcome.reason } as const;
  }
}
