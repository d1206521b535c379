import { Column, Entity, PrimaryColumn, VersionColumn } from 'typeorm';

/** One fact out of a delivery, with only its own slice. */
@Entity('webhook_events')
export class WebhookEvent {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('uuid', { name: 'delivery_id' })
  deliveryId: string;

  @Column('text')
  type: string;

  @Column('text', { name: 'fact_key' })
  factKey: string;

  @Column('text', { name: 'vendor_event_key', nullable: true })
  vendorEventKey: string | null;

  /** `json`, not `jsonb`: it stays as the vendor wrote it. */
  @Column('json')
  payload: object;

  @Column({ type: 'timestamptz', precision: 3, name: 'occurred_at', nullable: true })
  occurredAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'received_at' })
  receivedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'handled_at', nullable: true })
  handledAt: Date | null;

  @VersionColumn()
  version: number;
}
