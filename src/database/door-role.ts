/**
 * A door's role must not be able to do more than its door (S3.2): the process refuses to start with one that could
 * step over row-level security, owns a table, or may DELETE or TRUNCATE.
 */
export interface RolePowers {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  /** Tables it owns, itself or through a role it is a member of. */
  readonly owned: readonly string[];
  /** Tables it may DELETE from or TRUNCATE. */
  readonly erasable: readonly string[];
}

/** As much of a data source as it takes to ask what its role may do. */
export interface AskedDoor {
  query<Rows>(text: string): Promise<Rows>;
}

export class UnfitRoleError extends Error {}

export function unfitness({ role, superuser, bypass, owned, erasable }: RolePowers): string[] {
  const problems: string[] = [];
  if (superuser) problems.push(`${role} is a superuser`);
  if (bypass) problems.push(`${role} has BYPASSRLS`);
  if (owned.length > 0) problems.push(`${role} owns ${owned.join(', ')}`);
  if (erasable.length > 0) problems.push(`${role} may DELETE from or TRUNCATE ${erasable.join(', ')}`);
  return problems;
}

/** @throws UnfitRoleError with everything that is wrong with the roles of these doors */
export async function requireFitRoles(doors: readonly AskedDoor[]): Promise<void> {
  const powers = await Promise.all(doors.map(async (door) => door.query<[RolePowers]>(ownPowers)));
  const problems = powers.flatMap(([row]) => unfitness(row));
  if (problems.length > 0) {
    const mend =
      'Run npm run ops -- catalog to see all that differs, and npm run ops -- migrate to set the grants right';
    throw new UnfitRoleError(`${problems.join('; ')}. ${mend}`);
  }
}

const ownPowers = `
  WITH tables AS (SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))
  SELECT r.rolname AS role, r.rolsuper AS superuser, r.rolbypassrls AS bypass,
         ARRAY(SELECT t.relname::text FROM tables t WHERE pg_has_role(r.oid, t.relowner, 'MEMBER') ORDER BY 1) AS owned,
         ARRAY(SELECT t.relname::text FROM tables t
                WHERE has_table_privilege(r.oid, t.oid, 'DELETE') OR has_table_privilege(r.oid, t.oid, 'TRUNCATE')
                ORDER BY 1) AS erasable
    FROM pg_roles r WHERE r.rolname = current_user`;
