import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The answer a request with an Idempotency-Key was given; committed together with what the request did. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'actor_id' })
  actorId: string;

  @Column('text')
  method: string;

  @Column('text')
  route: string;

  @Column('text')
  key: string;

  /** SHA-256 of the request. */
  @Column('bytea', { name: 'request_hash' })
  requestHash: Buffer;

  @Column('smallint', { name: 'status_code' })
  statusCode: number;

  /** `json`, not `jsonb`: a replay is the same text. */
  @Column('json', { nullable: true })
  response: unknown;
}
