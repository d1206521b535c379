import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { pageOf, startAfter, type Page, type PageQuery } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem, type InputError } from '../http/problem.js';
import { Member } from '../organizations/member.entity.js';
import type { CreateRoutingRule, RoutingRuleAnswer, UpdateRoutingRule } from './routing-rule.dto.js';
import { RoutingRuleRow } from './routing-rule.entity.js';
import { readRoutingRules, type RoutingActions, type RoutingCondition } from './routing-rule.js';

@Injectable()
export class RoutingRulesService {
  constructor(private readonly tenantDb: TenantDb) {}

  /** In the order they were made; `place` says in which they are asked. */
  async list({ limit, cursor }: PageQuery): Promise<Page<RoutingRuleAnswer>> {
    const after = startAfter(cursor, {});
    const rows = await this.tenantDb.read<RoutingRuleAnswer>((from) => {
      const query = selectRules(from)
        .orderBy('rule.id')
        .limit(limit + 1);
      if (after) query.andWhere('rule.id > :after', { after });
      return query;
    });
    return pageOf(rows, limit, {});
  }

  async create({ organizationId }: Actor, input: CreateRoutingRule): Promise<RoutingRuleAnswer> {
    const id = uuidv7();
    const { name, place } = input;
    const rule = understood(id, input.conditions, input.actions);
    return this.tenantDb.run(async (manager) => {
      await requireMember(manager, rule.actions);
      await manager.insert(RoutingRuleRow, { organizationId, id, name, place, ...rule });
      return this.read(id);
    });
  }

  async update(
    id: string,
    change: UpdateRoutingRule,
    expected: ExpectedVersions,
  ): Promise<RoutingRuleAnswer> {
    return this.tenantDb.run(async (manager) => {
      const row = await manager.findOne(RoutingRuleRow, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) throw new Problem('not-found');
      requireVersion(expected, row.version);
      const rule = understood(id, change.conditions ?? row.conditions, change.actions ?? row.actions);
      if (change.actions) await requireMember(manager, rule.actions);
      const { name = row.name, place = row.place, enabled = row.enabled } = change;
      const next = { name, place, enabled, ...rule };
      const differs = Object.entries(next).some(
        ([key, value]) => JSON.stringify(value) !== JSON.stringify(row[key as keyof typeof next]),
      );
      if (differs) await manager.update(RoutingRuleRow, { organizationId: row.organizationId, id }, next);
      return this.read(id);
    });
  }

  private async read(id: string): Promise<RoutingRuleAnswer> {
    const [rule] = await this.tenantDb.read<RoutingRuleAnswer>((from) =>
      selectRules(from).where('rule.id = :id', { id }),
    );
    return rule!;
  }
}

/** @throws Problem `validation-failed`, with every problem at its place */
function understood(
  id: string,
  conditions: readonly object[],
  actions: object,
): { conditions: readonly RoutingCondition[]; actions: RoutingActions } {
  const strange = ['id', 'conditions'].filter((name) => name in actions);
  if (strange.length > 0) {
    const errors = strange.map((name) => ({ pointer: `/actions/${name}`, detail: 'is no action' }));
    throw new Problem('validation-failed', { errors });
  }
  const read = readRoutingRules([{ ...actions, id, conditions }]);
  if ('problems' in read) {
    const errors = read.problems.map(({ path, problem }): InputError => {
      const [, ...inside] = path.split('.');
      const pointer = inside[0] === 'conditions' ? inside : ['actions', ...inside];
      return { pointer: `/${pointer.join('/')}`, detail: problem };
    });
    throw new Problem('validation-failed', { errors });
  }
  const { conditions: wanted, assigneeId, tags, status } = read.rules[0]!;
  return {
    conditions: wanted,
    actions: { ...(assigneeId && { assigneeId }), tags, ...(status && { status }) },
  };
}

async function requireMember(manager: Transaction, { assigneeId }: RoutingActions): Promise<void> {
  if (assigneeId === undefined || (await manager.existsBy(Member, { id: assigneeId, status: 'active' })))
    return;
  const detail = 'must be an active member of your organization';
  throw new Problem('validation-failed', { errors: [{ pointer: '/actions/assigneeId', detail }] });
}

function selectRules(from: From) {
  return from(RoutingRuleRow, 'rule')
    .select('rule.id', 'id')
    .addSelect('rule.name', 'name')
    .addSelect('rule.place', 'place')
    .addSelect('rule.enabled', 'enabled')
    .addSelect('rule.conditions', 'conditions')
    .addSelect('rule.actions', 'actions')
    .addSelect('rule.version', 'version')
    .addSelect('rule.createdAt', 'createdAt')
    .addSelect('rule.updatedAt', 'updatedAt');
}
