import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import type { ConnectionAnswer, ConnectionsQuery } from './connection.answer.js';
import type {
  CreateConnection,
  Credentials,
  UpdateConnection,
  UpdateWebhookSecrets,
} from './connection.dto.js';
import { Connection } from './connection.entity.js';
import { hintOf, requireCreatable, requireCredentials, requireWebhookSecrets } from './connection.input.js';
import { Endpoint } from './endpoint.entity.js';
import { Endpoints } from './endpoints.service.js';
import { answerOf, selectConnections, type ConnectionRow } from './connection.select.js';
import { SealedSecrets } from './sealed-secrets.js';
import { VendorAccounts } from './vendor-accounts.js';
import { platformOwner } from './vendors.js';

@Injectable()
export class ConnectionsService {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly endpoints: Endpoints,
    private readonly sealed: SealedSecrets,
    private readonly accounts: VendorAccounts,
  ) {}

  async list({ limit, cursor, ...filters }: ConnectionsQuery): Promise<Page<ConnectionAnswer>> {
    const after = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<ConnectionRow>((from) => {
      const query = selectConnections(from)
        .orderBy('connection.id')
        .limit(limit + 1);
      if (after) query.andWhere('connection.id > :after', { after });
      if (filters.provider) query.andWhere('connection.provider = :provider', { provider: filters.provider });
      return query;
    });
    return pageOf(rows.map(answerOf), limit, filters);
  }

  async read(id: string): Promise<ConnectionAnswer> {
    const [row] = await this.tenantDb.read<ConnectionRow>((from) =>
      selectConnections(from).where('connection.id = :id', { id }),
    );
    if (!row) throw new Problem('not-found');
    return answerOf(row);
  }

  /**
   * Stores the connection whatever the vendor says, verified or with the problem that keeps it from being so.
   * @param endpointKey for the demo alone, whose sender knows it beforehand
   */
  async create(
    organizationId: string,
    input: CreateConnection,
    endpointKey?: string,
  ): Promise<ConnectionAnswer> {
    requireCreatable(input);
    const { provider, account, name, credentials, webhook } = input;
    // No vendor is asked, and nothing sealed, for a session that has ended.
    await this.tenantDb.assert();
    const own = webhook && (await this.endpoints.make(provider, organizationId, webhook, endpointKey));
    const endpoint = own ?? (await this.endpoints.ofPlatform(provider));
    const id = uuidv7();
    const sealed = await this.seal(organizationId, id, credentials);
    const endpointRefs = { endpointId: endpoint.id, endpointOwnerId: endpoint.ownerId };
    const row = { organizationId, id, provider, account, name, ...sealed, ...endpointRefs };
    const problem = await this.accounts.verify(provider, account, credentials);
    const insert = async (standing: Standing) =>
      this.tenantDb.run(async (manager) => {
        if (own) await manager.insert(Endpoint, own);
        await manager.insert(Connection, { ...row, ...standing });
      });
    try {
      await insert(problem ? unverified(problem) : verified());
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'account-taken') throw error;
      await insert(unverified('account-taken'));
    }
    return this.read(id);
  }

  /** Changes all of it or nothing: credentials that do not open the account are refused, not stored. */
  async update(
    organizationId: string,
    id: string,
    change: UpdateConnection,
    expected: ExpectedVersions,
  ): Promise<ConnectionAnswer> {
    const seen = await this.find(id);
    requireVersion(expected, seen.version);
    const { credentials, webhook, status } = change;
    if (credentials) requireCredentials(seen.provider, credentials);
    if (webhook) requireOwnEndpoint(seen, webhook);
    const verify =
      status === 'enabled' || (credentials && seen.status !== 'disabled' && status !== 'disabled');
    if (verify || credentials) await this.requireOpens(seen, credentials);
    const changes = {
      ...(change.name && { name: change.name }),
      ...(credentials && (await this.seal(organizationId, id, credentials))),
      ...(verify && verified()),
      ...(status === 'disabled' && { status, problem: null }),
    };
    await this.tenantDb.run(async (manager) => {
      const current = await manager.findOne(Connection, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      // Somebody changed it while the vendor was asked: the answer was about another state.
      if (current?.version !== seen.version) throw new Problem('precondition-failed');
      await this.tenantDb.assert();
      const endpoint = { id: seen.endpointId, ownerId: organizationId };
      const rotated = webhook && (await this.endpoints.rotate(manager, endpoint, webhook));
      // A rotation is a change of the connection too: its version says so.
      const all = { ...changes, ...(rotated && { name: changes.name ?? current.name }) };
      if (Object.keys(all).length > 0) await manager.update(Connection, { organizationId, id }, all);
    });
    return this.read(id);
  }

  /**
   * The vendor says that the app was removed there: its credentials open nothing any more. Unless they were verified
   * since: an old word, handled late, says nothing of the app that was installed again. Joins the caller's transaction.
   */
  async markUninstalled(organizationId: string, id: string, saidAt: Date): Promise<void> {
    const before = { organizationId, id, verifiedAt: LessThanOrEqual(saidAt) };
    await this.tenantDb.run(async (manager) => {
      await manager.update(Connection, before, { status: 'disabled', problem: 'uninstalled' });
    });
  }

  private async find(id: string): Promise<Connection> {
    const connection = await this.tenantDb.run((manager) => manager.findOneBy(Connection, { id }));
    if (!connection) throw new Problem('not-found');
    return connection;
  }

  private async seal(organizationId: string, id: string, credentials: Credentials) {
    const binding = { org: organizationId, con: id, purpose: 'credentials' } as const;
    return {
      credentials: await this.sealed.seal(JSON.stringify(credentials), binding),
      credentialsHint: hintOf(credentials),
    };
  }

  private async requireOpens(connection: Connection, given: Credentials | undefined): Promise<void> {
    const { organizationId: org, id: con, provider, account } = connection;
    const binding = { org, con, purpose: 'credentials' } as const;
    const kept = async () =>
      JSON.parse(await this.sealed.open(connection.credentials, binding)) as Credentials;
    const problem = await this.accounts.verify(provider, account, given ?? (await kept()));
    if (problem) throw new Problem(problem, problem === 'vendor-unavailable' ? { retryAfter: 60 } : {});
  }
}

type Standing = Pick<Connection, 'status' | 'problem' | 'verifiedAt'>;

const verified = (): Standing => ({ status: 'verified', problem: null, verifiedAt: new Date() });
const unverified = (problem: Connection['problem']): Standing => ({
  status: 'unverified',
  problem,
  verifiedAt: null,
});

function requireOwnEndpoint({ endpointOwnerId, provider }: Connection, webhook: UpdateWebhookSecrets): void {
  if (endpointOwnerId === platformOwner) {
    const detail = 'belongs to the platform’s app, whose secrets are not yours to change';
    throw new Problem('validation-failed', { errors: [{ pointer: '/webhook', detail }] });
  }
  requireWebhookSecrets(provider, webhook);
}
