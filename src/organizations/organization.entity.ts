import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';

/** `demo` and `internal` organizations may be touched by tools; a `customer`'s never (S0.8). */
export const organizationKinds = ['demo', 'internal', 'customer'] as const;
export const organizationStatuses = ['active', 'suspended'] as const;

@Entity('organizations')
export class Organization {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  slug: string;

  @Column('text')
  name: string;

  @Column('text')
  kind: (typeof organizationKinds)[number];

  @Column('text')
  status: (typeof organizationStatuses)[number];

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
