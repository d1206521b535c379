import { Column, Entity, PrimaryColumn } from 'typeorm';

export type SessionEnd = 'signed-out' | 'refresh-token-reused';

/** One sign-in on one client, and the family of its refresh tokens: only the newest `generation` is good. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('uuid', { name: 'current_organization_id' })
  currentOrganizationId: string;

  @Column('integer')
  generation: number;

  /** 32 random bytes that every refresh token of this session is made with. */
  @Column('bytea')
  salt: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'refreshed_at' })
  refreshedAt: Date;

  @Column('timestamptz', { name: 'idle_expires_at' })
  idleExpiresAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_reason', nullable: true })
  revokedReason: SessionEnd | null;
}
