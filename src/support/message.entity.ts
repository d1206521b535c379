import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';

export const messageStatuses = [
  'received',
  'ready',
  'sending',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'not-sent',
  'unknown',
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** What one side said. Written by the contact, or on its way to them. */
@Entity('messages')
export class Message {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  /** Goes out with the message, and comes back with what became of it. */
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'conversation_id' })
  conversationId: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('text')
  direction: 'inbound' | 'outbound';

  @Column('text')
  author: 'contact' | 'automation' | 'member';

  /** The user, when a member wrote it. */
  @Column('uuid', { name: 'author_id', nullable: true })
  authorId: string | null;

  /** The vendor's word: `text`, `image`, `interactive.button_reply`, … */
  @Column('text')
  type: string;

  @Column('text', { nullable: true })
  text: string | null;

  /** What a message that is not only text holds, as the vendor wrote it. */
  @Column('json', { nullable: true })
  content: object | null;

  @Column('text', { name: 'vendor_message_id', nullable: true })
  vendorMessageId: string | null;

  /** The vendor's id of the message it answers. */
  @Column('text', { name: 'reply_to', nullable: true })
  replyTo: string | null;

  /** Which of the contact's messages in this conversation, from 1. */
  @Column('integer', { name: 'inbound_seq', nullable: true })
  inboundSeq: number | null;

  /** Of an answer to one of them: it does not leave when there is a newer one. */
  @Column('integer', { name: 'answers_seq', nullable: true })
  answersSeq: number | null;

  @Column('text')
  status: MessageStatus;

  /** Why it failed or was not sent, in a code. */
  @Column('text', { nullable: true })
  failure: string | null;

  /** Of the one that claimed it for sending. */
  @Column('uuid', { nullable: true })
  attempt: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'sending_since', nullable: true })
  sendingSince: Date | null;

  /** As the vendor says, for what came in. */
  @Column({ type: 'timestamptz', precision: 3, name: 'occurred_at' })
  occurredAt: Date;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
