import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { CheckRecord, Verdict } from './decide.js';

/** What the send gate said of one message, with every check. Written once, never changed. */
@Entity('decisions')
export class Decision {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'conversation_id' })
  conversationId: string;

  /** The contact's message that was answered. */
  @Column('uuid', { name: 'answers_id', nullable: true })
  answersId: string | null;

  @Column('uuid', { name: 'draft_id', nullable: true })
  draftId: string | null;

  @Column('uuid', { name: 'message_id', nullable: true })
  messageId: string | null;

  @Column('text')
  author: 'automation' | 'member';

  @Column('uuid', { name: 'author_id', nullable: true })
  authorId: string | null;

  @Column('text')
  verdict: Verdict;

  /** Of the check that decided; `ok` when all passed. */
  @Column('text')
  reason: string;

  @Column('json')
  checks: readonly CheckRecord[];

  /** What it was decided on: intent, match, template, flags. No words of anybody. */
  @Column('json')
  context: object;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}
