/** Organizations that may draft answers, each with a shop and a WhatsApp number, made by the application's own services. */
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { createApp } from '../../src/app.js';
import { loadSettings } from '../../src/config/settings.js';
import { ConnectionsService } from '../../src/connections/connections.service.js';
import { Endpoints } from '../../src/connections/endpoints.service.js';
import { platformOwner } from '../../src/connections/vendors.js';
import { withClient } from '../../src/database/provision.js';
import { withinOrganization } from '../../src/tenancy/context.js';
import type { BenchDatabase } from '../bench-database.js';

export interface Shops {
  /** The platform's endpoint of WhatsApp, through which all are written to. */
  readonly key: string;
  readonly secret: string;
  /** `phone_number_id`, one a shop. */
  readonly numbers: readonly string[];
}

const body =
  'Thank you for writing to {{organization.name}}. Which order is it about? Please send its number.';

/** @param settings what its processes run with */
export async function openShops(
  { superuserUrl }: BenchDatabase,
  settings: Readonly<Record<string, string>>,
  count: number,
): Promise<Shops> {
  const app = await createApp(loadSettings({ ...settings, LOG_LEVEL: 'silent', ROLE: 'api' }));
  try {
    const secret = randomBytes(24).toString('hex');
    const endpoint = await app
      .get(Endpoints)
      .make('whatsapp', platformOwner, { secret, verifyToken: secret });
    const organizations = Array.from({ length: count }, () => uuidv7());
    await withClient(superuserUrl, async (client) => {
      const { id, key, provider, ownerId } = endpoint;
      await client.query(
        'INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, $3, $4, $5, $6)',
        [id, key, provider, ownerId, endpoint.secret, endpoint.verifyToken],
      );
      for (const statement of organizationSeed) await client.query(statement, [organizations]);
      await client.query(
        `INSERT INTO platform_flags (name, automation_enabled, safe_mode) VALUES ('platform', true, false)`,
      );
      await client.query(templateSeed, [organizations, body]);
    });
    const connections = app.get(ConnectionsService);
    const numbers = await Promise.all(
      organizations.map(async (organizationId, index) => {
        const account = String(990_000_000_000_000 + index);
        await withinOrganization({ organizationId }, 'bench', async () => {
          await connections.create(organizationId, {
            provider: 'whatsapp',
            account,
            name: 'WhatsApp',
            credentials: { accessToken: `EAAmock${account}` },
          });
          await connections.create(organizationId, {
            provider: 'shopify',
            account: `bench-${index}.myshopify.com`,
            name: 'Shop',
            credentials: { accessToken: `shpat_mock_${index}` },
            webhook: { secret },
          });
        });
        return account;
      }),
    );
    return { key: endpoint.key, secret, numbers };
  } finally {
    await app.close();
  }
}

const organizationSeed = [
  `INSERT INTO organizations (id, slug, name, kind) SELECT id, 'shop-' || id, 'Shop', 'customer' FROM unnest($1::uuid[]) id`,
  `INSERT INTO users (id, email, display_name) SELECT id, id || '@people.example', 'Owner' FROM unnest($1::uuid[]) id`,
  `INSERT INTO members (organization_id, id, user_id, role) SELECT id, id, id, 'owner' FROM unnest($1::uuid[]) id`,
  `INSERT INTO organization_flags (organization_id, id, automation_enabled, safe_mode, ladder)
   SELECT id, id, true, false, 'drafts' FROM unnest($1::uuid[]) id`,
];

const templateSeed = `
  WITH template AS (
    INSERT INTO templates (organization_id, id, name, language, intent, approved_number, listed)
    SELECT id, id, 'Which order', 'en', 'order-status', 1, true FROM unnest($1::uuid[]) id RETURNING organization_id, id
  )
  INSERT INTO template_versions (organization_id, id, template_id, number, body, author_id)
  SELECT organization_id, id, id, 1, $2, id FROM template`;
