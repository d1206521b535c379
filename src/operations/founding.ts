/**
 * What an environment has before anybody has signed in: the organization that is ours (S0.8), and a link by which the
 * first platform admin enrols. The link is good once and for a day; a newer one voids it. Only its hash is stored.
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
  /** To be handed to one person, by a way that others do not read; undefined once somebody has enrolled. */
  readonly enrolmentLink: string | undefined;
}

/**
 * Run as a superuser, inside the database: nobody else may write either.
 *
 * @returns undefined while the schema is not there: migrations come first
 */
export async function found(
  admin: ClientBase,
  { ownOrganization }: Pick<Policy, 'ownOrganization'>,
  appUrl: string,
): Promise<Founded | undefined> {
  const { rows } = await admin.query<{ ready: boolean }>(
    `SELECT to_regclass('public.platform_enrolments') IS NOT NULL AS ready`,
  );
  if (!rows[0]?.ready) return undefined;
  await admin.query('BEGIN');
  try {
    await admin.query('LOCK TABLE platform_enrolments IN SHARE ROW EXCLUSIVE MODE');
    const organization = ownOrganization && (await foundOrganization(admin, ownOrganization));
    const enrolmentLink = await enrol(admin, appUrl);
    await admin.query('COMMIT');
    return { organization, enrolmentLink };
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
  return { slug, created: rowCount === 1 };
}

async function enrol(admin: ClientBase, appUrl: string): Promise<string | undefined> {
  const { rowCount } = await admin.query('SELECT FROM platform_enrolments WHERE redeemed_at IS NOT NULL');
  if (rowCount) return undefined;
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
