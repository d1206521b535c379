import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';

/** A person who signs in. One user may be a member of several organizations, so a user belongs to none. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id: string;

  /** Lower case, trimmed. */
  @Column('text')
  email: string;

  @Column('text', { name: 'display_name' })
  displayName: string;

  /** PHC string; null while the user has never set a password. Only `EntryDb` can read it. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash: string | null;

  @Column('text')
  status: 'active' | 'disabled';

  @VersionColumn()
  version: number;
}
