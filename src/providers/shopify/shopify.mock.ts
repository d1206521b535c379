import type { WhoAmI } from '../account.js';
import { exchanged, masked, type Answer, type Heard } from '../exchange.js';
import { statusUnder, whoAmIUnder, type MockFault, type MockFaults } from '../mock-faults.js';
import { mockOrders } from './mock-orders.js';
import {
  ShopifyProvider,
  type OrderQuery,
  type OrdersOutcome,
  type ShopifyCredentials,
  type ShopifyOrder,
} from './shopify.provider.js';

/** By the name of the order that is looked for. */
const magicNames: Readonly<Record<string, Heard<OrdersOutcome>>> = {
  '#1429': { outcome: { kind: 'throttled', retryAfterMs: 2_000 }, status: 429 },
  '#1503': { outcome: { kind: 'unavailable', reason: 'server-error' }, status: 503 },
};

/**
 * Knows one app: its token, or client secret, is `shpat_mock_<name>` and opens `<name>.myshopify.com`. Every shop has
 * the same orders.
 */
export class ShopifyMock extends ShopifyProvider {
  constructor(private readonly faults: MockFaults) {
    super();
  }

  async whoAmI(shop: string, credentials: ShopifyCredentials): Promise<Answer<WhoAmI>> {
    return exchanged({ vendor: 'shopify', operation: 'whoAmI', request: { shop } }, async () => {
      const fault = await this.faults.next('shopify', 'whoAmI');
      if (fault) return { outcome: whoAmIUnder(fault), status: statusUnder(fault) };
      const account = accountOf(credentials);
      if (!account) return { outcome: { kind: 'refused' }, status: 401 };
      return { outcome: { kind: 'account', account }, status: 200, response: { myshopifyDomain: account } };
    });
  }

  async findOrders(
    shop: string,
    credentials: ShopifyCredentials,
    query: OrderQuery,
  ): Promise<Answer<OrdersOutcome>> {
    const request = { shop, query: redacted(query) };
    return exchanged({ vendor: 'shopify', operation: 'findOrders', request }, async () => {
      const fault = await this.faults.next('shopify', 'findOrders');
      if (fault) return { outcome: outcomeUnder(fault), status: statusUnder(fault) };
      if (accountOf(credentials) !== shop) return { outcome: { kind: 'refused' }, status: 401 };
      const magic =
        'name' in query && Object.hasOwn(magicNames, query.name) ? magicNames[query.name] : undefined;
      if (magic) return magic;
      const orders = mockOrders.filter((order) => fits(order, query));
      return {
        outcome: { kind: 'orders', orders },
        status: 200,
        response: { orders: orders.map(({ id }) => id) },
      };
    });
  }
}

function accountOf(credentials: ShopifyCredentials): string | undefined {
  const secret = 'accessToken' in credentials ? credentials.accessToken : credentials.clientSecret;
  const name = /^shpat_mock_([a-z0-9][a-z0-9-]*)$/.exec(secret)?.[1];
  return name && `${name}.myshopify.com`;
}

function fits({ name, email, customer }: ShopifyOrder, query: OrderQuery): boolean {
  if ('name' in query) return name === query.name;
  if ('email' in query) return email?.toLowerCase() === query.email.toLowerCase();
  if ('phone' in query) return customer?.phone === query.phone;
  return customer?.id === query.customerId;
}

function redacted(query: OrderQuery): OrderQuery {
  if ('email' in query) return { email: masked(query.email) };
  return 'phone' in query ? { phone: masked(query.phone) } : query;
}

function outcomeUnder(fault: MockFault): OrdersOutcome {
  if (fault === 'throttled') return { kind: 'throttled', retryAfterMs: 2_000 };
  return fault === 'credentials-refused' ? { kind: 'refused' } : { kind: 'unavailable', reason: fault };
}
