/** Sends a conversation where its organization's rules say. In the transaction that answers it. */
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/transaction.type.js';
import { Member } from '../organizations/member.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import type { Asked } from './answer-facts.js';
import { RoutingRuleRow } from './routing-rule.entity.js';
import { route } from './routing.js';

const mostRules = 200;

@Injectable()
export class Router {
  /** The conversation is locked. What a person has decided, its assignee, stays. @returns the rule that decided */
  async route(
    transaction: Transaction,
    { message, question, intent, contactKnown }: Asked,
    conversation: Conversation,
  ): Promise<string | null> {
    const rows = await transaction.find(RoutingRuleRow, {
      where: { enabled: true },
      order: { place: 'ASC', id: 'ASC' },
      take: mostRules,
    });
    const rules = rows.map(({ id, conditions, actions }) => ({
      id,
      conditions: [...conditions],
      ...actions,
    }));
    const text = question ?? message.text ?? '';
    const found = route(rules, {
      channel: conversation.channel,
      intent,
      text,
      tags: conversation.tags,
      receivedAt: message.createdAt,
      contactKnown,
    });
    if (!found) return null;
    const { organizationId, id } = conversation;
    const tags = [...new Set([...conversation.tags, ...found.tags])];
    const assigneeId = conversation.assigneeId ?? (await activeMember(transaction, found.assigneeId));
    const next = { tags, assigneeId, ...(found.status && { status: found.status }) };
    await transaction.update(Conversation, { organizationId, id }, next);
    return found.ruleId;
  }
}

/** A rule may outlive the membership it names. */
async function activeMember(transaction: Transaction, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  return (await transaction.existsBy(Member, { id, status: 'active' })) ? id : null;
}
