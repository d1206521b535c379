import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';

export const channels = ['whatsapp', 'email'] as const;
export const conversationStatuses = ['open', 'pending', 'resolved'] as const;

/** Letters, digits, blanks, `_.:-`; at most 40. */
export const tagForm = /^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,39}$/u;

/** What one contact and the shop talk about over one connection, until it is resolved. */
@Entity('conversations')
export class Conversation {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'contact_id' })
  contactId: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('text')
  channel: (typeof channels)[number];

  /** `pending`: the shop waits for the contact. */
  @Column('text')
  status: (typeof conversationStatuses)[number];

  /** A member. */
  @Column('uuid', { name: 'assignee_id', nullable: true })
  assigneeId: string | null;

  @Column('text', { array: true })
  tags: string[];

  /** Raised with each message of the contact: a draft answers one of them, and is stale when there is a newer one. */
  @Column('integer', { name: 'inbound_seq' })
  inboundSeq: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'last_inbound_at', nullable: true })
  lastInboundAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'last_message_at' })
  lastMessageAt: Date;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
