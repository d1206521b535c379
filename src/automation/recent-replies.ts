/** What the loop breaker and the budget look at. In the transaction that decides. */
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../database/tenant-db.js';
import { Message } from '../support/message.entity.js';
import { foldBare } from './folded-text.js';
import type { GateInput } from './decision-input.js';

/** Automatic replies of one organization within 24 hours. */
const dailySends = 2_000;
const looksBack = 20;
/** Or may have: what waits or was refused has not. */
const left = `message.status IN ('sending', 'sent', 'delivered', 'read', 'played', 'unknown')`;
/** A person's word counts from the moment they gave it. */
const said = `(${left} OR message.author = 'member' AND message.status = 'ready')`;

interface Recent {
  readonly id: string;
  readonly author: Message['author'];
  readonly text: string | null;
  readonly createdAt: string;
}

@Injectable()
export class RecentReplies {
  constructor(private readonly tenantDb: TenantDb) {}

  async loop({ id, conversationId, text: asked }: Message): Promise<GateInput['loop']> {
    const recent = await this.tenantDb.read<Recent>((from) =>
      from(Message, 'message')
        .select('message.id', 'id')
        .addSelect('message.author', 'author')
        .addSelect('message.text', 'text')
        .addSelect('message.createdAt', 'createdAt')
        .where(`message.conversationId = :conversationId AND ${said}`, { conversationId })
        .orderBy('message.id', 'DESC')
        .limit(looksBack),
    );
    const person = recent.findIndex(({ author }) => author === 'member');
    const inARow = person === -1 ? recent : recent.slice(0, person);
    const [latest] = inARow;
    return {
      automaticInARow: inARow.length,
      lastAutomaticAt: latest ? new Date(latest.createdAt) : null,
      echoesOurText: recent.some(({ text }) => text !== null && bare(text) === bare(asked ?? '')),
      personReplied: recent.some((message) => message.author === 'member' && message.id > id),
    };
  }

  /** Tokens are not metered yet: their limit is the one of the texts, and this counts as one left. */
  async budget(): Promise<GateInput['budget']> {
    const [row] = await this.tenantDb.read<{ sent: number }>((from) =>
      from(Message, 'message')
        .select('count(*)::int', 'sent')
        .where(
          `message.author = 'automation' AND ${left} AND message.createdAt > now() - interval '24 hours'`,
        ),
    );
    return { sends: dailySends - row!.sent, tokens: 1 };
  }
}

function bare(text: string): string {
  return foldBare(text).text.replaceAll(/\s+/g, ' ').trim();
}
