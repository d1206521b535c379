/**
 * The same route, written by hand on Fastify and `pg` by somebody who knows both, and nothing else: no framework, no
 * row-level security, no request log, metrics or security headers. `BARE_VARIANT` chooses how it asks the database.
 */
import { createSecretKey } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import { Pool, type QueryResultRow } from 'pg';
import { reportServer } from '../server-process.js';
import { listSql, listWithSessionSql, sessionSql } from './bare-queries.js';
import { tokenProfile } from './data.js';

const { DATABASE_URL = '', TOKEN_KEY = '', BARE_VARIANT = '' } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
// As a key object: given bytes, jsonwebtoken tries to read them as a public key first, with every token.
const secret = createSecretKey(TOKEN_KEY, 'base64url');
const { issuer, audience, type, kid } = tokenProfile;

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly org: string;
  readonly role: string;
}

interface MemberRow extends QueryResultRow {
  readonly id: string;
}

/** The rows, or undefined when session, membership or organization has ended. */
type List = (claims: Claims, rows: number) => Promise<MemberRow[] | undefined>;

const variants: Readonly<Record<string, List>> = {
  awaited: async ({ sid, sub, org, role }, rows) => {
    const session = await pool.query(sessionSql, [sid, sub, org, role]);
    if (session.rowCount === 0) return undefined;
    return (await pool.query<MemberRow>(listSql, [org, rows])).rows;
  },
  // Whoever may ask is on the list: no row means that the session, and not the list, is at its end.
  joined: async ({ sid, sub, org, role }, rows) => {
    const result = await pool.query<MemberRow>(listWithSessionSql, [sid, sub, org, role, rows]);
    return result.rowCount === 0 ? undefined : result.rows;
  },
};

const list = variants[BARE_VARIANT];
if (!list) throw new Error(`BARE_VARIANT must be one of ${Object.keys(variants).join(', ')}`);

const server = Fastify({ logger: false });
server.get('/v1/members', async (request: FastifyRequest<{ Querystring: { limit?: string } }>, reply) => {
  const limit = Number(request.query.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return refuse(reply, 400);
  const claims = claimsOf(request.headers.authorization);
  const rows = claims && (await list(claims, limit + 1));
  if (!rows) return refuse(reply, 401);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, page: { nextCursor: last ? Buffer.from(last.id).toString('base64url') : null } };
});
const url = await server.listen({ host: '127.0.0.1', port: 0 });
reportServer(Number(new URL(url).port));

function claimsOf(authorization: string | undefined): Claims | undefined {
  if (!authorization?.startsWith('Bearer ')) return undefined;
  try {
    const options = { algorithms: ['HS256' as const], issuer, audience, complete: true as const };
    const { header, payload } = jwt.verify(authorization.slice(7), secret, options);
    return header.typ === type && header.kid === kid ? (payload as JwtPayload & Claims) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(reply: FastifyReply, status: number): object {
  void reply.status(status);
  return { error: status };
}
