/**
 * The ambient context of one request or job. Read only by `database/`, the logger and the job enqueuer; everybody
 * else is handed what it needs. The organization is written once and cannot be changed: to act in another
 * organization one opens another context.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Transaction } from '../database/transaction.type.js';
import type { MemberRole } from '../auth/permissions.js';

export interface EnteredOrganization {
  readonly organizationId: string;
  /** Whose session the database asserts with every transaction; a job has none. */
  readonly session?: { readonly id: string; readonly userId: string; readonly role: MemberRole };
}

/** Lives as long as its `run`: whoever comes later, because nobody waited for it, is refused. */
export interface OpenTransaction {
  readonly manager: Transaction;
  ended: boolean;
  /** Nested work failed: whoever catches that cannot commit the rest. */
  failed: boolean;
}

interface Context {
  readonly requestId: string;
  organization?: EnteredOrganization;
  /** The transaction of `TenantDb.run`, which nested work joins. */
  readonly transaction?: OpenTransaction;
}

const storage = new AsyncLocalStorage<Context>();

/** Opens an empty context; `next` and all it starts see it. */
export function openContext<Result>(requestId: string, next: () => Result): Result {
  return storage.run({ requestId }, next);
}

/** Names the organization of the open context. @throws Error without a context, or when one is named already */
export function enterOrganization(entered: EnteredOrganization): void {
  const context = storage.getStore();
  if (!context)
    throw new Error('no context is open: an organization can only be entered inside a request or a job');
  if (context.organization) throw new Error('the organization of this context is already known');
  context.organization = Object.freeze({ ...entered });
}

/** Runs work that no request started (a job, the seed) in an organization, in a context of its own. */
export function withinOrganization<Result>(
  entered: EnteredOrganization,
  requestId: string,
  work: () => Result,
): Result {
  return storage.run({ requestId, organization: Object.freeze({ ...entered }) }, work);
}

/** @throws Error when no organization was entered: a forgotten guard stops here, before any SQL */
export function currentOrganization(): EnteredOrganization {
  const organization = storage.getStore()?.organization;
  if (!organization) throw new Error('no organization was entered');
  return organization;
}

/** @throws Error when the transaction around the caller has ended */
export function currentTransaction(): OpenTransaction | undefined {
  const transaction = storage.getStore()?.transaction;
  if (transaction?.ended) throw new Error('the transaction has ended: its work was not waited for');
  return transaction;
}

export function withTransaction<Result>(transaction: OpenTransaction, work: () => Result): Result {
  const context = storage.getStore();
  if (!context) throw new Error('no context is open');
  return storage.run({ ...context, transaction }, work);
}

/** What a log line may say about where it came from. */
export function contextForLog(): { requestId?: string; organizationId?: string; actorId?: string } {
  const context = storage.getStore();
  if (!context) return {};
  const { requestId, organization } = context;
  return {
    requestId,
    ...(organization && { organizationId: organization.organizationId }),
    ...(organization?.session && { actorId: organization.session.userId }),
  };
}
