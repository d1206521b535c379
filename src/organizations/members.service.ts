import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/transaction.type.js';
import type { Actor } from '../auth/actor.js';
import { rank } from '../auth/permissions.js';
import { User } from '../auth/user.entity.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import type { MemberAnswer, MembersQuery, UpdateMember } from './member.dto.js';
import { Member } from './member.entity.js';

@Injectable()
export class MembersService {
  constructor(private readonly tenantDb: TenantDb) {}

  async list({ limit, cursor, ...filters }: MembersQuery): Promise<Page<MemberAnswer>> {
    const after = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<MemberAnswer>((from) => {
      const query = selectMembers(from)
        .orderBy('member.id')
        .limit(limit + 1);
      if (after) query.andWhere('member.id > :after', { after });
      if (filters.role) query.andWhere('member.role = :role', { role: filters.role });
      if (filters.status) query.andWhere('member.status = :status', { status: filters.status });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async update(
    actor: Actor,
    id: string,
    change: UpdateMember,
    expected: ExpectedVersions,
  ): Promise<MemberAnswer> {
    return this.tenantDb.run(async (manager) => {
      const owners = await lockOwners(manager);
      const member = await manager.findOne(Member, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!member) throw new Problem('not-found');
      // Somebody may have removed or demoted the actor while this waited for the locks.
      await this.tenantDb.assert();
      requireVersion(expected, member.version);
      const next = { role: change.role ?? member.role, status: change.status ?? member.status };
      refuseAboveOwnRole(actor, member, next);
      refuseWithoutOwner(owners, member, next);
      if (next.role !== member.role || next.status !== member.status) {
        await manager.update(Member, { organizationId: member.organizationId, id }, next);
      }
      const [updated] = await this.tenantDb.read<MemberAnswer>((from) =>
        selectMembers(from).where('member.id = :id', { id }),
      );
      return updated!;
    });
  }
}

type Standing = Pick<Member, 'role' | 'status'>;

/** Locked in one order by everybody, so that two owners cannot remove each other at the same moment. */
async function lockOwners(manager: Transaction): Promise<Member[]> {
  return manager.find(Member, {
    where: { role: 'owner', status: 'active' },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
}

function refuseAboveOwnRole(actor: Actor, member: Member, next: Standing): void {
  if (rank(member.role) > rank(actor.role) || rank(next.role) > rank(actor.role)) {
    throw new Problem('forbidden', {
      detail: 'You can only change members up to your own role, and give no higher one.',
    });
  }
}

function refuseWithoutOwner(owners: readonly Member[], member: Member, next: Standing): void {
  const staysOwner = next.role === 'owner' && next.status === 'active';
  if (!staysOwner && owners.every((owner) => owner.id === member.id)) throw new Problem('last-owner');
}

function selectMembers(from: From) {
  return from(Member, 'member')
    .innerJoin(User, 'person', 'person.id = member.userId')
    .select('member.id', 'id')
    .addSelect('member.userId', 'userId')
    .addSelect('person.email', 'email')
    .addSelect('person.displayName', 'displayName')
    .addSelect('member.role', 'role')
    .addSelect('member.status', 'status')
    .addSelect('member.version', 'version')
    .addSelect('member.createdAt', 'createdAt')
    .addSelect('member.updatedAt', 'updatedAt');
}
