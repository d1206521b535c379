import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { MatchEvidence } from './deterministic-match.js';

export const draftStatuses = ['open', 'approved', 'sent-by-itself', 'rejected', 'void'] as const;

/** An answer that waits for a person, or that left by itself. Void: the contact has written again since. */
@Entity('drafts')
export class Draft {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'conversation_id' })
  conversationId: string;

  /** The message it answers. */
  @Column('uuid', { name: 'answers_id' })
  answersId: string;

  /** Of that message: with a newer one in the conversation, the draft is stale. */
  @Column('integer', { name: 'inbound_seq' })
  inboundSeq: number;

  @Column('text')
  text: string;

  /** A person changed it before approving. */
  @Column('boolean')
  edited: boolean;

  @Column('uuid', { name: 'template_id', nullable: true })
  templateId: string | null;

  @Column('integer', { name: 'template_number', nullable: true })
  templateNumber: number | null;

  @Column('json', { name: 'order_match', nullable: true })
  orderMatch: MatchEvidence | null;

  @Column('text')
  status: (typeof draftStatuses)[number];

  /** Why it was rejected or void. */
  @Column('text', { nullable: true })
  reason: string | null;

  @Column('uuid', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  /** What it became. */
  @Column('uuid', { name: 'message_id', nullable: true })
  messageId: string | null;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
