/**
 * The organizations that are ours are as they should be: the demo ones where there is demo data (S0.5), elsewhere our own,
 * the only one our tools may touch there (S0.8), and then no demo organization at all.
 */
import type { ClientBase } from 'pg';
import type { Settings } from '../../config/settings.js';
import { demoOrganizations } from '../demo-data.js';
import { right, wrong, type DoctorCheck } from './check.js';

interface OrganizationRow {
  readonly slug: string;
  readonly kind: string;
  readonly status: string;
  /** `<e-mail> <role>` of those who are active. */
  readonly members: readonly string[];
}

export async function checkOrganizations(
  client: ClientBase,
  { policy }: Pick<Settings, 'policy'>,
): Promise<DoctorCheck[]> {
  const own = policy.ownOrganization?.slug;
  const slugs = [...demoOrganizations.map(({ slug }) => slug), ...(own ? [own] : [])];
  const { rows } = await client.query<OrganizationRow>(organizationsCalled, [slugs]);
  const called = new Map(rows.map((row) => [row.slug, row]));
  const checks = policy.demoData
    ? demoOrganizations.map((wanted) => checkDemo(wanted, called.get(wanted.slug)))
    : [await checkNoDemo(client)];
  return own ? [...checks, checkOwn(own, called.get(own))] : checks;
}

function checkDemo(
  { slug, members }: (typeof demoOrganizations)[number],
  found: OrganizationRow | undefined,
): DoctorCheck {
  const what = 'demo data';
  if (!found) return wrong(what, slug, 'is not there', 'npm start seeds it');
  const missing = members
    .map(({ email, role }) => `${email} ${role}`)
    .filter((member) => !found.members.includes(member));
  const problems = [
    ...(found.kind === 'demo' ? [] : [`is of the kind ${found.kind}`]),
    ...(found.status === 'active' ? [] : [`is ${found.status}`]),
    ...missing.map((member) => `has no active member ${member}`),
  ];
  if (problems.length === 0) return right(what, slug, `intact, with its ${members.length} members`);
  return wrong(
    what,
    slug,
    problems.join('; '),
    'npm start seeds what is missing; what was changed comes back with a fresh database',
  );
}

async function checkNoDemo(client: ClientBase): Promise<DoctorCheck> {
  const { rows } = await client.query<{ slug: string }>(
    `SELECT slug FROM organizations WHERE kind = 'demo' ORDER BY slug`,
  );
  if (rows.length === 0) return right('demo data', 'organizations', 'none, as it should be here');
  const slugs = rows.map(({ slug }) => slug).join(', ');
  return wrong('demo data', slugs, 'is demo data, and here customers may be', 'find out how it came here');
}

function checkOwn(slug: string, found: OrganizationRow | undefined): DoctorCheck {
  const what = 'our own';
  if (!found) return wrong(what, slug, 'is not there', 'npm run ops -- provision');
  if (found.kind !== 'internal' || found.status !== 'active')
    return wrong(
      what,
      slug,
      `is ${found.kind} and ${found.status}, not internal and active`,
      'open an incident',
    );
  return right(what, slug, 'there, internal and active');
}

const organizationsCalled = `
  SELECT o.slug, o.kind, o.status,
         ARRAY(SELECT u.email || ' ' || m.role FROM members m JOIN users u ON u.id = m.user_id
                WHERE m.organization_id = o.id AND m.status = 'active' AND u.status = 'active') AS members
    FROM organizations o WHERE o.slug = ANY ($1)`;
