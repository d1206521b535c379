/**
 * Enters an organization for one transaction, or raises: session, user, membership and organization must all be
 * alive now, and the role must be the one the caller believes in. Its SQLSTATEs are read by database-problem.ts.
 * Without a session (jobs) only the organization is asserted.
 *
 * SECURITY DEFINER: it runs as the owner, because the tenant role cannot see sessions. The catalog check compares the
 * live body with this one, to the letter.
 */
export const authAssertBody = `
  DECLARE
    session_organization uuid;
    organization_status text;
    current_role_name text;
  BEGIN
    PERFORM pg_catalog.set_config('app.organization_id', organization::text, true);
    SELECT o.status, m.role INTO organization_status, current_role_name
      FROM public.organizations o
      LEFT JOIN public.members m ON m.organization_id = o.id AND m.user_id = person AND m.status = 'active'
     WHERE o.id = organization;
    IF session IS NOT NULL THEN
      SELECT s.current_organization_id INTO session_organization
        FROM public.sessions s JOIN public.users u ON u.id = s.user_id
       WHERE s.id = session AND s.user_id = person AND u.status = 'active'
         AND s.revoked_at IS NULL AND s.expires_at > pg_catalog.now();
      IF NOT FOUND THEN RAISE EXCEPTION 'session has ended' USING ERRCODE = 'BK001'; END IF;
      IF current_role_name IS NULL THEN RAISE EXCEPTION 'membership has ended' USING ERRCODE = 'BK002'; END IF;
      IF session_organization <> organization OR current_role_name IS DISTINCT FROM person_role THEN
        RAISE EXCEPTION 'access token is stale' USING ERRCODE = 'BK004';
      END IF;
    END IF;
    IF organization_status IS DISTINCT FROM 'active' THEN
      RAISE EXCEPTION 'organization is not active' USING ERRCODE = 'BK003';
    END IF;
  END `;

export const createAuthAssert = `
  CREATE OR REPLACE FUNCTION auth_assert(organization uuid, session uuid, person uuid, person_role text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$${authAssertBody}$$`;
