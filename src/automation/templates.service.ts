import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import type { CreateTemplate, TemplateAnswer, TemplatesQuery, UpdateTemplate } from './template.dto.js';
import { Template } from './template.entity.js';
import { parseTemplate } from './template-text.js';
import { TemplateVersion } from './template-version.entity.js';

@Injectable()
export class TemplatesService {
  constructor(private readonly tenantDb: TenantDb) {}

  async list({ limit, cursor, ...filters }: TemplatesQuery): Promise<Page<TemplateAnswer>> {
    const after = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<TemplateAnswer>((from) => {
      const query = selectTemplates(from)
        .orderBy('template.id')
        .limit(limit + 1);
      if (after) query.andWhere('template.id > :after', { after });
      if (filters.intent) query.andWhere('template.intent = :intent', { intent: filters.intent });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async read(id: string): Promise<TemplateAnswer> {
    const [template] = await this.tenantDb.read<TemplateAnswer>((from) =>
      selectTemplates(from).where('template.id = :id', { id }),
    );
    if (!template) throw new Problem('not-found');
    return template;
  }

  /** Listed and approved by nobody: it drafts, and a person sends. */
  async create({ organizationId, userId }: Actor, input: CreateTemplate): Promise<TemplateAnswer> {
    const { body, ...template } = input;
    requireParsable(body);
    const id = uuidv7();
    return this.tenantDb.run(async (manager) => {
      await manager.insert(Template, { organizationId, id, ...template });
      const first = { organizationId, id: uuidv7(), templateId: id, number: 1, body, authorId: userId };
      await manager.insert(TemplateVersion, first);
      return this.read(id);
    });
  }

  async update(
    { organizationId, userId }: Actor,
    id: string,
    change: UpdateTemplate,
    expected: ExpectedVersions,
  ): Promise<TemplateAnswer> {
    const { body, ...rest } = change;
    if (body !== undefined) requireParsable(body);
    return this.tenantDb.run(async (manager) => {
      const template = await manager.findOne(Template, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!template) throw new Problem('not-found');
      requireVersion(expected, template.version);
      const current = await this.read(id);
      const renewed = body !== undefined && body !== current.body;
      const number = renewed ? template.number + 1 : template.number;
      requireNewest(rest.approvedNumber, number);
      if (renewed) {
        const version = { organizationId, id: uuidv7(), templateId: id, number, body, authorId: userId };
        await manager.insert(TemplateVersion, version);
      }
      const next = Object.entries({ ...rest, number }).filter(
        ([name, value]) => value !== undefined && template[name as keyof Template] !== value,
      );
      if (next.length > 0) await manager.update(Template, { organizationId, id }, Object.fromEntries(next));
      return this.read(id);
    });
  }
}

function requireNewest(approved: number | null | undefined, newest: number): void {
  if (approved === undefined || approved === null || approved === newest) return;
  const detail = `must be the newest version, which is ${newest}`;
  throw new Problem('validation-failed', { errors: [{ pointer: '/approvedNumber', detail }] });
}

function requireParsable(body: string): void {
  const parsed = parseTemplate(body);
  if (!('error' in parsed)) return;
  const { problem, position, found, nearest } = parsed.error;
  const words = {
    'unknown-variable': `there is no variable ${found}`,
    unclosed: 'braces are opened and not closed',
    unopened: 'braces are closed and were not opened',
  };
  const hint = nearest ? `; did you mean {{${nearest}}}?` : '';
  const detail = `${words[problem]} (character ${position + 1})${hint}`;
  throw new Problem('validation-failed', { errors: [{ pointer: '/body', detail }] });
}

function selectTemplates(from: From) {
  return from(Template, 'template')
    .innerJoin(
      TemplateVersion,
      'newest',
      'newest.templateId = template.id AND newest.number = template.number',
    )
    .select('template.id', 'id')
    .addSelect('template.name', 'name')
    .addSelect('template.language', 'language')
    .addSelect('template.intent', 'intent')
    .addSelect('template.number', 'number')
    .addSelect('newest.body', 'body')
    .addSelect('template.approvedNumber', 'approvedNumber')
    .addSelect('template.enabled', 'enabled')
    .addSelect('template.listed', 'listed')
    .addSelect('template.version', 'version')
    .addSelect('template.createdAt', 'createdAt')
    .addSelect('template.updatedAt', 'updatedAt');
}
