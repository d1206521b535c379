import { Injectable } from '@nestjs/common';
import { TenantDb } from '../database/tenant-db.js';
import type { Intent } from './intent.js';
import { needsOrder, parseTemplate, type ParsedTemplate } from './template-text.js';
import { Template } from './template.entity.js';
import { TemplateVersion } from './template-version.entity.js';

/** The version that is drafted with: the approved one, or the newest when none is. */
export interface UsableTemplate {
  readonly id: string;
  readonly number: number;
  readonly language: string;
  readonly listed: boolean;
  readonly enabled: boolean;
  readonly approved: boolean;
  readonly parsed: ParsedTemplate;
  readonly needsOrder: boolean;
}

@Injectable()
export class UsableTemplates {
  constructor(private readonly tenantDb: TenantDb) {}

  /** What may leave by itself first, then the oldest. */
  async answering(intent: Intent): Promise<readonly UsableTemplate[]> {
    const rows = await this.tenantDb.read<Template & { body: string; rendered: number }>((from) =>
      from(Template, 'template')
        .innerJoin(
          TemplateVersion,
          'used',
          'used.templateId = template.id AND used.number = coalesce(template.approvedNumber, template.number)',
        )
        .select('template.id', 'id')
        .addSelect('template.language', 'language')
        .addSelect('template.listed', 'listed')
        .addSelect('template.enabled', 'enabled')
        .addSelect('template.approvedNumber', 'approvedNumber')
        .addSelect('used.number', 'rendered')
        .addSelect('used.body', 'body')
        .where('template.intent = :intent AND template.enabled', { intent })
        .orderBy('template.listed AND template.approvedNumber IS NOT NULL', 'DESC')
        .addOrderBy('template.id')
        .limit(50),
    );
    return rows.flatMap(({ id, language, listed, enabled, approvedNumber, rendered, body }) => {
      const parsed = parseTemplate(body);
      if ('error' in parsed) return [];
      const approved = approvedNumber === rendered;
      return {
        id,
        number: rendered,
        language,
        listed,
        enabled,
        approved,
        parsed,
        needsOrder: needsOrder(parsed),
      };
    });
  }
}
