/** Two demo organizations, so that there is something to see and somebody to be kept away from. Local only. */
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword, verifyPassword } from '../auth/passwords.js';
import type { MemberRole } from '../auth/permissions.js';
import { User } from '../auth/user.entity.js';
import { EntryDb } from '../database/entry-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';

interface DemoMember {
  readonly email: string;
  readonly displayName: string;
  readonly role: MemberRole;
}

interface DemoOrganization {
  readonly slug: string;
  readonly name: string;
  readonly members: readonly [DemoMember, ...DemoMember[]];
}

/** Nora helps both shops out: one user, two organizations. */
const nora = { email: 'nora@freelance.example', displayName: 'Nora Nguyen' };

export const demoOrganizations: readonly DemoOrganization[] = [
  {
    slug: 'volt-motors-demo',
    name: 'Volt Motors',
    members: [
      { email: 'olivia@volt-motors.example', displayName: 'Olivia Ohm', role: 'owner' },
      { email: 'adam@volt-motors.example', displayName: 'Adam Ampere', role: 'admin' },
      { email: 'vera@volt-motors.example', displayName: 'Vera Volta', role: 'viewer' },
      { ...nora, role: 'agent' },
    ],
  },
  {
    slug: 'harbor-bikes-demo',
    name: 'Harbor Bikes',
    members: [
      { email: 'hanna@harbor-bikes.example', displayName: 'Hanna Hook', role: 'owner' },
      { ...nora, role: 'viewer' },
    ],
  },
];

@Injectable()
export class DemoData {
  constructor(private readonly entryDb: EntryDb) {}

  /** Creates what is missing, all or nothing, and makes the printed password the one that works. */
  async seed(password: string): Promise<void> {
    const passwordHash = await hashPassword(password);
    const outdated = await this.withAnotherPassword(password);
    await this.entryDb.run({}, async (manager) => {
      // Two processes of one checkout may start at once: the second waits, and finds it done.
      await manager.query('SET LOCAL lock_timeout = 0');
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead demo data'))`);
      for (const shop of demoOrganizations) await this.ensureOrganization(manager, shop, passwordHash);
      if (outdated.length > 0) await manager.update(User, { id: In(outdated) }, { passwordHash });
    });
  }

  private async ensureOrganization(
    manager: Transaction,
    shop: DemoOrganization,
    passwordHash: string,
  ): Promise<void> {
    const ownerId = await ensureUser(manager, shop.members[0], passwordHash);
    await this.entryDb.bind(manager, { userId: ownerId });
    const existing = await manager.findOneBy(Organization, { slug: shop.slug });
    const organizationId = existing?.id ?? uuidv7();
    if (!existing) {
      await this.entryDb.bind(manager, { userId: ownerId, organizationId });
      const { slug, name } = shop;
      await insert(manager, Organization, { id: organizationId, slug, name, kind: 'demo', status: 'active' });
    }
    for (const member of shop.members) {
      const userId = await ensureUser(manager, member, passwordHash);
      await this.entryDb.bind(manager, { userId, organizationId });
      if (await manager.existsBy(Member, { organizationId, userId })) continue;
      await insert(manager, Member, {
        organizationId,
        id: uuidv7(),
        userId,
        role: member.role,
        status: 'active',
      });
    }
  }

  /** The database may be older than the checkout's secrets: then what is printed would be wrong. */
  private async withAnotherPassword(password: string): Promise<string[]> {
    const emails = demoOrganizations.flatMap(({ members }) => members.map(({ email }) => email));
    const users = await this.entryDb.run({}, async (manager) =>
      manager.find(User, { where: { email: In(emails) }, select: { id: true, passwordHash: true } }),
    );
    const correct = await Promise.all(users.map(async (user) => verifyPassword(password, user.passwordHash)));
    return users.filter((_, index) => !correct[index]).map(({ id }) => id);
  }
}

async function ensureUser(
  manager: Transaction,
  { email, displayName }: DemoMember,
  passwordHash: string,
): Promise<string> {
  const existing = await manager.findOneBy(User, { email });
  if (existing) return existing.id;
  const id = uuidv7();
  await insert(manager, User, { id, email, displayName, passwordHash, status: 'active' });
  return id;
}

/** Without RETURNING: a new organization becomes visible to its founder only through the membership that follows. */
async function insert(
  manager: Transaction,
  entity: typeof User | typeof Organization | typeof Member,
  row: object,
): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity).values(row).updateEntity(false).execute();
}
