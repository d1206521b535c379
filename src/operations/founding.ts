/**
 * What an environment has before anybody has signed in: the organization that is ours (S0.8), and a link by which the
 * first platform admin enrols. The link is good once and for a day; one that is asked for anew voids it. Only its hash is
 * stored.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Policy } from '../environment/policy.js';

/** Seconds. */
export const enrolmentLifetime = 86_400;

export interface Founded {
  /** Undefined where the environment has none. */
  readonly organization: { readonly slug: string; readonly created: boolean } | undefined;
  /** To be handed to one person, by a way that others do not read. */
  readonly enrolmentLink: string | undefined;
  /** Why there is none. */
  readonly enrolment: 'new-link' | 'link-is-out' | 'enrolled';
}

/**
 * Run as a superuser, inside the database: nobody else may write either.
 *
 * @returns undefined while the schema is not there: migrations come first
 */
export async function found(
  admin: ClientBase,
  { ownOrganization }: Pick<Policy, 'ownOrganization'>,
  { appUrl, renews = false }: { readonly appUrl: string; readonly renews?: boolean },
): Promise<Founded | undefined> {
  const { rows } = await admin.query<{ ready: boolean }>(
    `SELECT to_regclass('public.platform_enrolments') IS NOT NULL AS ready`,
  );
  if (!rows[0]?.ready) return undefined;
  await admin.query('BEGIN');
  try {
    await admin.query('LOCK TABLE platform_enrolments IN SHARE ROW EXCLUSIVE MODE');
    const organization = ownOrganization && (await foundOrganization(admin, ownOrganization));
    const enrolment = await enrolmentNow(admin, renews);
    const enrolmentLink = enrolment === 'new-link' ? await enrol(admin, appUrl) : undefined;
    await admin.query('COMMIT');
    return { organization, enrolmentLink, enrolment };
  } catch (error) {
    await admin.query('ROLLBACK');
    throw error;
  }
}

async function foundOrganization(
  admin: ClientBase,
  { slug, name }: NonNullable<Policy['ownOrganization']>,
): Promise<Founded['organization']> {
  const { rowCount } = await admin.query(
    `INSERT INTO organizations (id, slug, name, kind) VALUES ($1, $2, $3, 'internal') ON CONFLICT (slug) DO NOTHING`,
    [uuidv7(), slug, name],
  );
  const { rows } = await admin.query<{ kind: string }>('SELECT kind FROM organizations WHERE slug = $1', [
    slug,
  ]);
  // What our own tools may touch is ours (S0.8): never a customer who took the name first.
  if (rows[0]?.kind !== 'internal') throw new Error(`${slug} is the organization of somebody else`);
  return { slug, created: rowCount === 1 };
}

/** A link that somebody may be holding is not taken from them by a repeated start. */
async function enrolmentNow(admin: ClientBase, renews: boolean): Promise<Founded['enrolment']> {
  const { rows } = await admin.query<{ enrolled: boolean; out: boolean }>(
    `SELECT coalesce(bool_or(redeemed_at IS NOT NULL), false) AS enrolled,
            coalesce(bool_or(voided_at IS NULL AND expires_at > now()), false) AS out FROM platform_enrolments`,
  );
  if (rows[0]!.enrolled) return 'enrolled';
  return rows[0]!.out && !renews ? 'link-is-out' : 'new-link';
}

async function enrol(admin: ClientBase, appUrl: string): Promise<string> {
  await admin.query('UPDATE platform_enrolments SET voided_at = now() WHERE voided_at IS NULL');
  const token = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(token).digest();
  await admin.query(
    `INSERT INTO platform_enrolments (id, token_hash, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))`,
    [uuidv7(), hash, enrolmentLifetime],
  );
  // In the fragment, which no browser sends and no server logs (S-9).
  return `${appUrl}/platform/enrol#token=${token}`;
}
