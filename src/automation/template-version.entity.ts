import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('template_versions')
export class TemplateVersion {
  @PrimaryColumn('uuid', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'template_id' })
  templateId: string;

  @Column('integer')
  number: number;

  @Column('text')
  body: string;

  @Column('uuid', { name: 'author_id' })
  authorId: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}
