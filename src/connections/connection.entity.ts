import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { Vendor } from './vendors.js';

export const connectionStatuses = ['unverified', 'verified', 'disabled'] as const;
export const connectionProblems = [
  'credentials-refused',
  'account-mismatch',
  'account-not-listed',
  'account-taken',
  'vendor-unavailable',
  'uninstalled',
] as const;

/** An organization's link to one vendor account. Only a verified one receives events. */
@Entity('connections')
export class Connection {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  provider: Vendor;

  /** Shop domain, phone number id or workspace. */
  @Column('text')
  account: string;

  @Column('text')
  name: string;

  @Column('text')
  status: (typeof connectionStatuses)[number];

  /** Why it is not verified. */
  @Column('text', { nullable: true })
  problem: (typeof connectionProblems)[number] | null;

  /** Sealed: see sealed-secrets.ts. */
  @Column('text')
  credentials: string;

  /** The last characters of the secret among the credentials: enough to tell two apart. */
  @Column('text', { name: 'credentials_hint' })
  credentialsHint: string;

  @Column('uuid', { name: 'endpoint_id' })
  endpointId: string;

  @Column('uuid', { name: 'endpoint_owner_id' })
  endpointOwnerId: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'verified_at', nullable: true })
  verifiedAt: Date | null;

  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
