/**
 * Finds or makes the contact whom a message names: by WhatsApp user id, then by phone number, which may be given to other
 * people, then by e-mail address. What a signed message names is proven; an address is only what somebody wrote. Called inside a transaction; the contact stays locked until it ends, so that one person's messages are
 * taken in one after the other.
 */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/transaction.type.js';
import { Contact } from './contact.entity.js';
import { Conversation } from './conversation.entity.js';

/** At least one of the first three. */
export interface Identity {
  readonly whatsappUserId?: string;
  /** E.164. Only of a signed message: it says whose orders may be told. */
  readonly phone?: string;
  /** See `emailKey`. Proves nothing. */
  readonly email?: string;
  readonly name?: string;
}

@Injectable()
export class KnownContacts {
  async locate(
    transaction: Transaction,
    organizationId: string,
    identity: Identity,
  ): Promise<Pick<Contact, 'id'>> {
    const { whatsappUserId, phone, email } = identity;
    let found = await this.lock(transaction, identity);
    if (found.length === 0) {
      const made = await this.make(transaction, organizationId, identity);
      if (made) return made;
      found = await this.lock(transaction, identity);
    }
    const byUser = found.find((each) => whatsappUserId && each.whatsappUserId === whatsappUserId);
    const byPhone = found.find((each) => phone && each.phone === phone);
    if (byUser && byPhone && byUser.id !== byPhone.id)
      return this.unite(transaction, byUser, byPhone, identity);
    const byEmail = found.find((each) => email && each.email === email);
    const contact = (byUser ?? byPhone ?? byEmail)!;
    if (!byUser && whatsappUserId && contact.whatsappUserId) {
      // The number is somebody else's now; whoever had it keeps what they wrote, and nothing proves them by it any more.
      await this.name(transaction, contact, { phone: null });
      await this.make(transaction, organizationId, identity);
      const [newcomer] = await this.lock(transaction, identity);
      return newcomer!;
    }
    return this.name(transaction, contact, {
      ...(whatsappUserId && { whatsappUserId }),
      ...(phone && { phone }),
      ...(identity.name && { name: identity.name }),
    });
  }

  private async lock(
    transaction: Transaction,
    { whatsappUserId, phone, email }: Identity,
  ): Promise<Contact[]> {
    const where = [
      ...(whatsappUserId ? [{ whatsappUserId }] : []),
      ...(phone ? [{ phone }] : []),
      ...(email ? [{ email }] : []),
    ];
    // In one order everywhere, so that two transactions wait for each other and not both for ever.
    return transaction.find(Contact, { where, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  }

  /** @returns undefined when somebody else made the same at the same moment: the next look finds it */
  private async make(
    transaction: Transaction,
    organizationId: string,
    identity: Identity,
  ): Promise<Pick<Contact, 'id'> | undefined> {
    const contact = { organizationId, id: uuidv7(), ...identity };
    const insert = transaction.createQueryBuilder().insert().into(Contact).values(contact);
    const { raw } = await insert.orIgnore().updateEntity(false).returning('id').execute();
    return (raw as readonly Pick<Contact, 'id'>[])[0];
  }

  /** The same message proves both names: the older contact stays, and gets what the other had. */
  private async unite(
    transaction: Transaction,
    byUser: Contact,
    byPhone: Contact,
    { name }: Identity,
  ): Promise<Contact> {
    if (byPhone.whatsappUserId) {
      // Two user ids are two people: only the number has changed hands.
      const { phone } = byPhone;
      await this.name(transaction, byPhone, { phone: null });
      return this.name(transaction, byUser, { phone, ...(name && { name }) });
    }
    const [kept, other] = byUser.id < byPhone.id ? [byUser, byPhone] : [byPhone, byUser];
    const names = {
      whatsappUserId: byUser.whatsappUserId,
      phone: byPhone.phone,
      email: kept.email ?? other.email,
      name: name ?? kept.name ?? other.name,
    };
    const { organizationId } = kept;
    await this.name(transaction, other, {
      whatsappUserId: null,
      phone: null,
      email: null,
      mergedIntoId: kept.id,
    });
    // Who had turned out to be the other is this one now.
    const earlier = { organizationId, mergedIntoId: other.id };
    await transaction.update(Contact, earlier, { mergedIntoId: kept.id });
    await transaction.update(Conversation, { organizationId, contactId: other.id }, { contactId: kept.id });
    return this.name(transaction, kept, names);
  }

  private async name(
    transaction: Transaction,
    contact: Contact,
    names: Partial<Pick<Contact, 'whatsappUserId' | 'phone' | 'email' | 'name' | 'mergedIntoId'>>,
  ): Promise<Contact> {
    const changed = Object.entries(names).filter(([key, value]) => contact[key as keyof Contact] !== value);
    if (changed.length > 0) {
      const { organizationId, id } = contact;
      await transaction.update(Contact, { organizationId, id }, Object.fromEntries(changed));
    }
    return Object.assign(contact, names);
  }
}
