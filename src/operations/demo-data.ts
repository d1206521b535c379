/** Two demo organizations, so that there is something to see and somebody to be kept away from. Local only. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword, verifyPassword } from '../auth/passwords.js';
import type { MemberRole } from '../auth/permissions.js';
import { User } from '../auth/user.entity.js';
import { EntryDb } from '../database/entry-db.js';
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

  /** Creates what is missing, and makes the printed password the one that works. Touches nothing else. */
  async seed(password: string): Promise<void> {
    await this.entryDb.run({}, async (manager) => {
      // Two processes of one checkout may start at once: the second waits and finds it done.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead demo data'))`);
      await this.seedAlone(password);
    });
  }

  private async seedAlone(password: string): Promise<void> {
    for (const organization of demoOrganizations) {
      // The owner is created together with the organization: where there is one, there is the other.
      const [owner] = organization.members;
      if (await this.findUser(owner.email)) continue;
      const organizationId = uuidv7();
      for (const member of organization.members)
        await this.join(organization, organizationId, member, password);
    }
    const emails = new Set(demoOrganizations.flatMap(({ members }) => members.map(({ email }) => email)));
    for (const email of emails) await this.mendPassword(email, password);
  }

  /** The database may be older than the checkout's secrets: then what is printed would be wrong. */
  private async mendPassword(email: string, password: string): Promise<void> {
    const user = await this.findUser(email);
    if (!user || (await verifyPassword(password, user.passwordHash))) return;
    const passwordHash = await hashPassword(password);
    await this.entryDb.run({}, async (manager) => manager.update(User, user.id, { passwordHash }));
  }

  private async join(
    shop: DemoOrganization,
    organizationId: string,
    member: DemoMember,
    password: string,
  ): Promise<void> {
    const existing = await this.findUser(member.email);
    const userId = existing?.id ?? uuidv7();
    const passwordHash = await hashPassword(password);
    await this.entryDb.run({ userId, organizationId }, async (manager) => {
      // Without RETURNING: the new organization becomes visible to its founder only through the membership below.
      const insert = async (entity: typeof User | typeof Organization | typeof Member, row: object) =>
        manager.createQueryBuilder().insert().into(entity).values(row).updateEntity(false).execute();
      const { email, displayName, role } = member;
      if (!existing) await insert(User, { id: userId, email, displayName, passwordHash, status: 'active' });
      if (member === shop.members[0]) {
        await insert(Organization, {
          id: organizationId,
          slug: shop.slug,
          name: shop.name,
          kind: 'demo',
          status: 'active',
        });
      }
      await insert(Member, { organizationId, id: uuidv7(), userId, role, status: 'active' });
    });
  }

  private async findUser(email: string): Promise<User | null> {
    const select = { id: true, passwordHash: true } as const;
    return this.entryDb.run({}, async (manager) => manager.findOne(User, { where: { email }, select }));
  }
}
