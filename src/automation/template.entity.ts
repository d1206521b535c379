import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { Intent } from './intent.js';

/** Words a shop answers with. What it says stands in its versions, which never change. */
@Entity('templates')
export class Template {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  /** BCP 47. */
  @Column('text')
  language: string;

  /** What it answers. */
  @Column('text')
  intent: Intent;

  /** Its newest version. */
  @Column('integer')
  number: number;

  /** The version that may leave by itself. */
  @Column('integer', { name: 'approved_number', nullable: true })
  approvedNumber: number | null;

  @Column('boolean')
  enabled: boolean;

  /** On the whitelist: may leave without a person. */
  @Column('boolean')
  listed: boolean;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
