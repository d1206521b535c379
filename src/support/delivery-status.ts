/** What became of a message: reports come in any order and more than once, and only ever move it forward. */
import type { MessageStatus } from './message.entity.js';

/** How far along; what is settled cannot be unsettled. `delivered` is skipped when the chat is open (vendors.md, 2). */
const rank: Readonly<Record<Exclude<MessageStatus, 'received'>, number>> = {
  ready: 0,
  sending: 1,
  unknown: 2,
  'not-sent': 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  played: 7,
};

export const reportedStatuses = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

export function isReportedStatus(word: string): word is ReportedStatus {
  return reportedStatuses.some((each) => each === word);
}

/** @returns whether a report moves the message: to `failed` only before it was delivered, and never back */
export function moves(from: MessageStatus, to: ReportedStatus): boolean {
  return from !== 'received' && rank[to] > rank[from];
}
