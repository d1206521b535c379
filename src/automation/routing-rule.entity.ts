import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { RoutingActions, RoutingCondition } from './routing-rule.js';

/** Where an organization wants conversations to go. The first that is enabled and holds decides. */
@Entity('routing_rules')
export class RoutingRuleRow {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  /** The lowest is asked first. */
  @Column('integer')
  place: number;

  @Column('boolean')
  enabled: boolean;

  @Column('json')
  conditions: readonly RoutingCondition[];

  @Column('json')
  actions: RoutingActions;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
