import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { Vendor } from './vendors.js';

/** Where a vendor posts. The key in the path alone chooses the secrets. */
@Entity('endpoints')
export class Endpoint {
  @PrimaryColumn('uuid')
  id: string;

  /** 128 random bits, base64url. */
  @Column('text')
  key: string;

  @Column('text')
  provider: Vendor;

  /** An organization, or `platformOwner`. */
  @Column('uuid', { name: 'owner_id' })
  ownerId: string;

  /** Sealed, as are the next two. */
  @Column('text')
  secret: string;

  /** Still accepted while the vendor changes over to the new one. */
  @Column('text', { name: 'previous_secret', nullable: true })
  previousSecret: string | null;

  /** WhatsApp's handshake only. */
  @Column('text', { name: 'verify_token', nullable: true })
  verifyToken: string | null;

  @Column('text')
  status: 'active' | 'disabled';

  /** What was verified with an older version is not stored. */
  @VersionColumn()
  version: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}
