/** Organizations with 20 to 25 members each and one live session, in which the owner is signed in. */
import jwt from 'jsonwebtoken';
import { withClient } from '../../src/database/provision.js';
import { kid } from '../keys.js';
import type { LoadRequest } from '../load/load.js';

export const pageSize = 20;
const path = `/v1/members?limit=${pageSize}`;

/** Claims of an access token, as `src/auth/access-tokens.ts` makes and demands them. */
export const tokenProfile = {
  type: 'at+jwt',
  kid,
  issuer: 'urn:bulkhead:local',
  audience: 'urn:bulkhead:api',
};
const tokenLifetime = '1h';

/** UUIDv7 of the n-th millisecond since `epoch`; its random bits come from a hash, so that every run has the same ids. */
const epoch = 1_767_225_600_000;
const uuidv7 = (kind: string, n: string) =>
  `(lpad(to_hex(${epoch} + ${n}), 12, '0') || '7' || substr(md5('${kind}' || ${n}), 1, 3) || '8' ||
    substr(md5('${kind}' || ${n}), 4, 15))::uuid`;

/**
 * People join over time: the second member of every organization comes after the first of each. Rows of one
 * organization therefore lie scattered over the table, as they do in life.
 */
export function membersSeed(organizations: number): string[] {
  const organizationId = uuidv7('organization', 'o');
  const nth = `((m - 1) * ${organizations}::bigint + o)`;
  const [userId, memberId] = [uuidv7('user', nth), uuidv7('member', nth)];
  const everyone = `generate_series(1, 25) m, generate_series(1, ${organizations}) o WHERE m <= 20 + o % 6 ORDER BY m, o`;
  return [
    `INSERT INTO organizations (id, slug, name, kind)
     SELECT ${organizationId}, 'shop-' || o, 'Shop ' || o, 'customer' FROM generate_series(1, ${organizations}) o`,
    `INSERT INTO users (id, email, display_name)
     SELECT ${userId}, 'm' || m || '.o' || o || '@people.example', 'Person ' || m || ' of shop ' || o FROM ${everyone}`,
    `INSERT INTO members (organization_id, id, user_id, role)
     SELECT ${organizationId}, ${memberId}, ${userId}, CASE m WHEN 1 THEN 'owner' ELSE 'agent' END FROM ${everyone}`,
    `INSERT INTO sessions (id, user_id, current_organization_id, salt, created_at, refreshed_at, idle_expires_at, expires_at)
     SELECT gen_random_uuid(), m.user_id, m.organization_id, sha256(m.id::text::bytea), now(), now(),
            now() + interval '7 days', now() + interval '30 days'
       FROM members m WHERE m.role = 'owner'`,
  ];
}

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly slug: string;
}

/** One request per organization, signed in, with the mark of the rows it must bring. */
export async function membersRequests(superuserUrl: string, key: string): Promise<LoadRequest[]> {
  const rows = await withClient(superuserUrl, async (client) => {
    const sql = `SELECT s.id, s.user_id, o.id AS organization_id, o.slug
                   FROM sessions s JOIN organizations o ON o.id = s.current_organization_id ORDER BY md5(o.slug)`;
    return (await client.query<SessionRow>(sql)).rows;
  });
  const secret = Buffer.from(key, 'base64url');
  return rows.map((row) => ({
    head: `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token(row, secret)}\r\n\r\n`,
    expects: `${markOf(row.slug)}"`,
  }));
}

/** How the e-mail addresses of an organization's members end. */
function markOf(slug: string): string {
  return `.${slug.replace('shop-', 'o')}@people.example`;
}

function token({ id, user_id, organization_id }: SessionRow, secret: Buffer): string {
  const { type, issuer, audience } = tokenProfile;
  return jwt.sign({ sid: id, org: organization_id, role: 'owner' }, secret, {
    algorithm: 'HS256',
    header: { alg: 'HS256', typ: type, kid },
    issuer,
    audience,
    subject: user_id,
    notBefore: 0,
    expiresIn: tokenLifetime,
  });
}
