/**
 * Holds a live database against what the code declares: tables, keys, policies, grants, functions, roles.
 * Everything is enumerated from `pg_catalog`, so a table, policy or grant that nobody declared is found, not missed.
 */
import type { ClientBase } from 'pg';
import type { Finding } from './finding.js';
import { constraintFindings } from './constraints.js';
import { functionFindings } from './functions.js';
import { grantFindings } from './grants.js';
import { keyFindings } from './keys.js';
import { policyFindings } from './policies.js';
import { queueFindings } from './queue.js';
import { roleFindings } from './roles.js';
import { tableFindings } from './tables.js';

export type { Finding } from './finding.js';

/** @param client any role; the catalog is readable by all. @returns every difference; none means equal */
export async function inspectCatalog(client: ClientBase): Promise<Finding[]> {
  const inspections = [
    tableFindings,
    keyFindings,
    constraintFindings,
    policyFindings,
    grantFindings,
    functionFindings,
    roleFindings,
    queueFindings,
  ];
  const findings: Finding[] = [];
  for (const inspect of inspections) findings.push(...(await inspect(client)));
  return findings;
}
