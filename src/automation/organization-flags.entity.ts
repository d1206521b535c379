import { Column, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { LadderStep } from './effective-state.js';

/** What one organization's automation may do; null: nobody has said, which means the safer value. */
@Entity('organization_flags')
export class OrganizationFlags {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('boolean', { name: 'kill_switch' })
  killSwitch: boolean;

  @Column('boolean', { name: 'automation_enabled', nullable: true })
  automationEnabled: boolean | null;

  @Column('boolean', { name: 'safe_mode', nullable: true })
  safeMode: boolean | null;

  @Column('text', { nullable: true })
  ladder: LadderStep | null;

  @VersionColumn()
  version: number;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
