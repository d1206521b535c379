import { expect, test } from 'vitest';
import { mockOrders } from '../../src/providers/shopify/mock-orders.js';
import { ShopifyMock } from '../../src/providers/shopify/shopify.mock.js';
import { newMocks } from './mocks.js';
import { shopifyContract } from './shopify.suite.js';

const provider = new ShopifyMock(newMocks().faults);
const shop = 'main.myshopify.com';
const credentials = { accessToken: 'shpat_mock_main' };

shopifyContract(() => ({
  provider,
  shop,
  credentials,
  secret: credentials.accessToken,
  wrongCredentials: { accessToken: 'shpat_of_nobody' },
  order: { id: 'gid://shopify/Order/5001001', name: '#1001' },
  customer: { id: 'gid://shopify/Customer/7001', email: 'mara@lindqvist.example', phone: '+12025550143' },
  ambiguous: '#1005',
  throttled: { name: '#1429' },
  unavailable: { name: '#1503' },
}));

test('the token of another shop is refused', async () => {
  const { outcome } = await provider.findOrders('other.myshopify.com', credentials, { name: '#1001' });
  expect(outcome).toEqual({ kind: 'refused' });
});

test('the book: in transit, delivered, waiting, cancelled, twice', () => {
  const of = (name: string) => mockOrders.filter((order) => order.name === name);
  expect(of('#1001')).toMatchObject([
    { financialStatus: 'PAID', phone: '+12025550143', fulfillments: [{ displayStatus: 'IN_TRANSIT' }] },
  ]);
  expect(of('#1002')).toMatchObject([
    { phone: '+447700900456', fulfillments: [{ displayStatus: 'DELIVERED' }] },
  ]);
  expect(of('#1003')).toMatchObject([{ fulfillmentStatus: 'UNFULFILLED', fulfillments: [] }]);
  expect(of('#1004')).toMatchObject([{ cancelledAt: expect.any(String) }]);
  expect(of('#1005')).toHaveLength(2);
});
