/** The demo organizations' vendor accounts, at mocks, and where their sample deliveries are posted. Local only. */
import { Injectable } from '@nestjs/common';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateConnection } from '../connections/connection.dto.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Endpoints } from '../connections/endpoints.service.js';
import { platformOwner } from '../connections/vendors.js';
import { PlatformDb } from '../database/platform-db.js';
import { Problem } from '../http/problem.js';
import { withinOrganization } from '../tenancy/context.js';

/** What the sender of samples (`npm run webhook`) needs to know of an endpoint. */
interface DemoEndpoint {
  readonly key: string;
  readonly secret: string;
  readonly verifyToken?: string;
}

export type DemoEndpoints = Readonly<Record<'shopify' | 'whatsapp' | 'richpanel', DemoEndpoint>>;

type DemoConnection = Omit<CreateConnection, 'webhook'>;

/** By the slug of the organization. WhatsApp comes in by the platform's own app, for both of them. */
const demoConnections: Readonly<Record<string, readonly DemoConnection[]>> = {
  'volt-motors-demo': [
    {
      provider: 'shopify',
      account: 'volt-motors-demo.myshopify.com',
      name: 'Shop',
      credentials: { accessToken: 'shpat_mock_volt-motors-demo' },
    },
    {
      provider: 'whatsapp',
      account: '100000000000001',
      name: 'WhatsApp',
      credentials: { accessToken: 'EAAmock100000000000001' },
    },
    {
      provider: 'richpanel',
      account: 'volt-motors-demo',
      name: 'Help desk',
      credentials: { apiKey: 'rp_mock_volt-motors-demo' },
    },
  ],
  'harbor-bikes-demo': [
    {
      provider: 'whatsapp',
      account: '100000000000002',
      name: 'WhatsApp',
      credentials: { accessToken: 'EAAmock100000000000002' },
    },
  ],
};

/** @param secretOf a stable secret of this checkout, 43 characters of base64url */
export function demoEndpoints(secretOf: (name: string) => string): DemoEndpoints {
  const endpoint = (vendor: string) => ({
    key: secretOf(`demo-${vendor}-endpoint`).slice(0, 22),
    secret: secretOf(`demo-${vendor}-webhook`),
  });
  return {
    shopify: endpoint('shopify'),
    whatsapp: { ...endpoint('whatsapp'), verifyToken: secretOf('demo-whatsapp-verify-token') },
    richpanel: endpoint('richpanel'),
  };
}

/** Readable by its owner alone. @returns the file */
export function writeDemoEndpoints(stateDir: string, url: string, endpoints: DemoEndpoints): string {
  const file = join(stateDir, 'demo-webhooks.json');
  writeFileSync(file, `${JSON.stringify({ url, endpoints }, undefined, 2)}\n`, { mode: 0o600 });
  return file;
}

@Injectable()
export class DemoConnections {
  constructor(
    private readonly platformDb: PlatformDb,
    private readonly endpoints: Endpoints,
    private readonly connections: ConnectionsService,
  ) {}

  async seed(endpoints: DemoEndpoints): Promise<void> {
    await this.ensurePlatformEndpoint(endpoints.whatsapp);
    const organizations = await this.platformDb.read<{ id: string; slug: string }>({
      text: 'SELECT id, slug FROM organizations WHERE slug = ANY ($1)',
      values: [Object.keys(demoConnections)],
    });
    for (const { id, slug } of organizations) {
      const seedOne = async () => this.seedOrganization(id, demoConnections[slug] ?? [], endpoints);
      await withinOrganization({ organizationId: id }, 'demo-data', seedOne);
    }
  }

  private async seedOrganization(
    organizationId: string,
    wanted: readonly DemoConnection[],
    endpoints: DemoEndpoints,
  ): Promise<void> {
    const { data } = await this.connections.list({ limit: 100 });
    for (const connection of wanted) {
      if (
        data.some(
          ({ provider, account }) => provider === connection.provider && account === connection.account,
        )
      )
        continue;
      const { key, secret } = endpoints[connection.provider];
      const own = connection.provider !== 'whatsapp';
      const input = { ...connection, ...(own && { webhook: { secret } }) };
      try {
        await this.connections.create(organizationId, input, own ? key : undefined);
      } catch (error) {
        // Another process of this checkout, started at the same moment, was faster.
        if (!(error instanceof Problem) || error.code !== 'connection-exists') throw error;
      }
    }
  }

  private async ensurePlatformEndpoint({ key, secret, verifyToken = '' }: DemoEndpoint): Promise<void> {
    const { id, ...row } = await this.endpoints.make('whatsapp', platformOwner, { secret, verifyToken }, key);
    await this.platformDb.write([
      {
        text: `INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING`,
        values: [id, row.key, row.provider, row.ownerId, row.secret, row.verifyToken],
      },
    ]);
  }
}
