import type { Transaction } from '../database/transaction.type.js';
import { Problem } from '../http/problem.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import type { MemberRole } from './permissions.js';

/** An organization a user may enter, and as what. */
export interface Membership {
  readonly organizationId: string;
  readonly slug: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly organizationStatus: Organization['status'];
}

/** The user's active memberships, oldest first, in a transaction of `EntryDb` that is bound to the user. */
export async function membershipsOf(manager: Transaction, userId: string): Promise<Membership[]> {
  return manager
    .createQueryBuilder(Member, 'member')
    .innerJoin(Organization, 'organization', 'organization.id = member.organizationId')
    .where('member.userId = :userId', { userId })
    .andWhere(`member.status = 'active'`)
    .orderBy('member.id')
    .select('member.organizationId', 'organizationId')
    .addSelect('member.role', 'role')
    .addSelect('organization.slug', 'slug')
    .addSelect('organization.name', 'name')
    .addSelect('organization.status', 'organizationStatus')
    .getRawMany<Membership>();
}

/** The one asked for, else the oldest that is active. @throws Problem `no-organization`, `organization-suspended` */
export function chooseMembership(memberships: readonly Membership[], organizationId?: string): Membership {
  const candidates = organizationId
    ? memberships.filter((membership) => membership.organizationId === organizationId)
    : memberships;
  const active = candidates.find(({ organizationStatus }) => organizationStatus === 'active');
  if (active) return active;
  throw new Problem(candidates.length > 0 ? 'organization-suspended' : 'no-organization');
}
