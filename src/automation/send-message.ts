/** The job that takes a person's own message, written or approved, through the gate. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OpenConnections } from '../connections/open-connections.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { JobRunner } from '../jobs/job-runner.js';
import { holdConversation } from '../support/held-conversation.js';
import { Message } from '../support/message.entity.js';
import { DecisionsService } from './decisions.service.js';
import { SendGate, type Evidence, type Way } from './send-gate.js';

/** A person answers for what they write; the gate skips these checks and says so. */
const ofAPerson: Evidence = {
  author: 'person',
  template: undefined,
  order: undefined,
  unsupported: undefined,
  loop: undefined,
  budget: undefined,
};

@Injectable()
export class SendMessage implements OnModuleInit {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: OpenConnections,
    private readonly gate: SendGate,
    private readonly decisions: DecisionsService,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('send-message', async ({ messageId }) => this.send(messageId));
  }

  private async send(id: string): Promise<void> {
    const seen = await this.tenantDb.run((transaction) => transaction.findOneBy(Message, { id }));
    if (!seen || seen.author !== 'member') return;
    const connection = await this.connections.find(seen.connectionId);
    const claimed = await this.tenantDb.run(async (transaction) => {
      const held = await hold(transaction, seen);
      const { message, conversation } = held;
      if (message.status === 'sending') await this.gate.settleAbandoned(transaction, message);
      if (message.status !== 'ready') return undefined;
      const { organizationId, answersSeq } = message;
      const stop = async (failure: string) =>
        transaction.update(Message, { organizationId, id }, { status: 'not-sent', failure });
      if (answersSeq !== null && answersSeq !== conversation.inboundSeq) {
        await stop('draft-stale');
        return undefined;
      }
      const way: Way = { ...held, connection };
      const judgement = await this.gate.judge(way, ofAPerson);
      await this.decisions.record(transaction, judgement, {
        conversation,
        messageId: id,
        author: 'member',
        authorId: message.authorId,
        context: {},
      });
      if (judgement.verdict === 'send') return this.gate.claim(transaction, judgement, message, way);
      await stop(judgement.reason);
      return undefined;
    });
    if (claimed) await this.gate.deliver(claimed);
  }
}

async function hold(transaction: Transaction, { id, conversationId }: Message) {
  const held = await holdConversation(transaction, conversationId);
  const lock = { mode: 'pessimistic_write' } as const;
  return { ...held, message: await transaction.findOneOrFail(Message, { where: { id }, lock }) };
}
