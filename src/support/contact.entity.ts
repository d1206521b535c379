import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';

/** A shopper, as one organization knows them. What names a person is unique, and proven by a signed message. */
@Entity('contacts')
export class Contact {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  /** As they call themselves. */
  @Column('text', { nullable: true })
  name: string | null;

  /** Business-scoped: the same person has another one with another business (vendors.md, 2). */
  @Column('text', { name: 'whatsapp_user_id', nullable: true })
  whatsappUserId: string | null;

  /** E.164. */
  @Column('text', { nullable: true })
  phone: string | null;

  /** In lower case. */
  @Column('text', { nullable: true })
  email: string | null;

  /** This contact turned out to be that one, who has all of its names now. */
  @Column('uuid', { name: 'merged_into_id', nullable: true })
  mergedIntoId: string | null;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
