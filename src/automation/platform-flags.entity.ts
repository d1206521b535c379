import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The platform's own, above every organization's: one row, or none yet. */
@Entity('platform_flags')
export class PlatformFlags {
  @PrimaryColumn('text')
  name: 'platform';

  @Column('boolean', { name: 'kill_switch' })
  killSwitch: boolean;

  @Column('boolean', { name: 'automation_enabled', nullable: true })
  automationEnabled: boolean | null;

  @Column('boolean', { name: 'safe_mode', nullable: true })
  safeMode: boolean | null;
}
