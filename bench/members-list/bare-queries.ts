/** What an expert sends: one parametrised statement for the session, one for the list; or both in one. */

const columns = `m.id, m.user_id AS "userId", u.email, u.display_name AS "displayName", m.role, m.status, m.version,
  m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

/** The same four things that `auth_assert` checks: session, user, membership (with its role), organization. */
const liveSession = `sessions s
  JOIN users su ON su.id = s.user_id AND su.status = 'active'
  JOIN organizations o ON o.id = s.current_organization_id AND o.status = 'active'
  JOIN members me ON me.organization_id = o.id AND me.user_id = s.user_id AND me.status = 'active'`;
const isLive = `s.id = $1 AND s.user_id = $2 AND s.current_organization_id = $3 AND me.role = $4
  AND s.revoked_at IS NULL AND s.expires_at > now()`;

export const sessionSql = `SELECT FROM ${liveSession} WHERE ${isLive}`;

export const listSql = `SELECT ${columns} FROM members m JOIN users u ON u.id = m.user_id
  WHERE m.organization_id = $1 ORDER BY m.id LIMIT $2`;

export const listWithSessionSql = `SELECT ${columns} FROM ${liveSession}
  JOIN members m ON m.organization_id = o.id
  JOIN users u ON u.id = m.user_id
  WHERE ${isLive} ORDER BY m.id LIMIT $5`;
