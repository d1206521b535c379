/** Verified connections of the organization that was entered, with their credentials opened: for a call, never for an answer. */
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../database/tenant-db.js';
import type { Credentials } from './connection.dto.js';
import { Connection } from './connection.entity.js';
import { SealedSecrets } from './sealed-secrets.js';
import type { Vendor } from './vendors.js';

export interface OpenConnection {
  readonly id: string;
  readonly account: string;
  readonly credentials: Credentials;
}

@Injectable()
export class OpenConnections {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly sealed: SealedSecrets,
  ) {}

  /** The first to be made first. */
  async of(vendor: Vendor): Promise<OpenConnection[]> {
    const rows = await this.tenantDb.run((manager) =>
      manager.find(Connection, { where: { provider: vendor, status: 'verified' }, order: { id: 'ASC' } }),
    );
    return Promise.all(rows.map(async (row) => this.open(row)));
  }

  /** @returns undefined when it is not verified, or no longer */
  async find(id: string): Promise<OpenConnection | undefined> {
    const row = await this.tenantDb.run((manager) =>
      manager.findOneBy(Connection, { id, status: 'verified' }),
    );
    return row ? this.open(row) : undefined;
  }

  private async open({ organizationId: org, id, account, credentials }: Connection): Promise<OpenConnection> {
    const opened = await this.sealed.open(credentials, { org, con: id, purpose: 'credentials' });
    return { id, account, credentials: JSON.parse(opened) as Credentials };
  }
}
