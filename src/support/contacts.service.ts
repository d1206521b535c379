import { Injectable } from '@nestjs/common';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { Problem } from '../http/problem.js';
import type { ContactAnswer, ContactsQuery } from './contact.dto.js';
import { Contact } from './contact.entity.js';

@Injectable()
export class ContactsService {
  constructor(private readonly tenantDb: TenantDb) {}

  async list({ limit, cursor, ...filters }: ContactsQuery): Promise<Page<ContactAnswer>> {
    const after = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<ContactAnswer>((from) => {
      const query = selectContacts(from)
        .where('contact.mergedIntoId IS NULL')
        .orderBy('contact.id')
        .limit(limit + 1);
      if (after) query.andWhere('contact.id > :after', { after });
      if (filters.phone) query.andWhere('contact.phone = :phone', { phone: filters.phone });
      if (filters.email) query.andWhere('contact.email = :email', { email: filters.email });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async read(id: string): Promise<ContactAnswer> {
    const [contact] = await this.tenantDb.read<ContactAnswer>((from) =>
      selectContacts(from).where('contact.id = :id', { id }),
    );
    if (!contact) throw new Problem('not-found');
    return contact;
  }
}

function selectContacts(from: From) {
  return from(Contact, 'contact')
    .select('contact.id', 'id')
    .addSelect('contact.name', 'name')
    .addSelect('contact.phone', 'phone')
    .addSelect('contact.whatsappUserId', 'whatsappUserId')
    .addSelect('contact.email', 'email')
    .addSelect('contact.mergedIntoId', 'mergedIntoId')
    .addSelect('contact.version', 'version')
    .addSelect('contact.createdAt', 'createdAt')
    .addSelect('contact.updatedAt', 'updatedAt');
}
