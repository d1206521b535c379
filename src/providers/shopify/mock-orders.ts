import type { ShopifyOrder } from './shopify.provider.js';

const mara = {
  id: 'gid://shopify/Customer/7001',
  email: 'mara@lindqvist.example',
  phone: '+12025550143',
};
const grace = { id: 'gid://shopify/Customer/7002', email: 'grace@example.com', phone: '+447700900456' };

const order = (
  id: number,
  name: string,
  customer: typeof mara,
  rest: Omit<ShopifyOrder, 'id' | 'name' | 'email' | 'phone' | 'customer' | 'statusPageUrl'>,
): ShopifyOrder => ({
  id: `gid://shopify/Order/${id}`,
  name,
  email: customer.email,
  phone: customer.phone,
  customer,
  statusPageUrl: `https://shop.example/orders/${id}/status`,
  ...rest,
});

const waiting = { financialStatus: 'PAID', fulfillmentStatus: 'UNFULFILLED', fulfillments: [] };

/** The orders that every shop at the mock has, the newest first (docs/mocks.md). */
export const mockOrders: readonly ShopifyOrder[] = [
  order(5_001_006, '#1005', mara, {
    ...waiting,
    processedAt: '2026-11-19T10:00:00.000Z',
    total: { amount: '18.00', currency: 'GBP' },
  }),
  order(5_001_005, '#1005', mara, {
    ...waiting,
    processedAt: '2026-11-18T10:00:00.000Z',
    total: { amount: '75.50', currency: 'GBP' },
  }),
  order(5_001_004, '#1004', mara, {
    processedAt: '2026-11-17T08:30:00.000Z',
    cancelledAt: '2026-11-17T09:05:00.000Z',
    financialStatus: 'REFUNDED',
    fulfillmentStatus: 'UNFULFILLED',
    total: { amount: '42.00', currency: 'GBP' },
    fulfillments: [],
  }),
  order(5_001_003, '#1003', mara, {
    ...waiting,
    processedAt: '2026-11-16T16:45:00.000Z',
    total: { amount: '310.00', currency: 'GBP' },
  }),
  order(5_001_001, '#1001', mara, {
    processedAt: '2026-11-14T09:12:00.000Z',
    financialStatus: 'PAID',
    fulfillmentStatus: 'FULFILLED',
    total: { amount: '129.90', currency: 'GBP' },
    fulfillments: [
      {
        name: '#1001.1',
        displayStatus: 'IN_TRANSIT',
        estimatedDeliveryAt: '2026-11-24T18:00:00.000Z',
        tracking: [
          {
            company: 'Royal Mail',
            number: 'RM123456785GB',
            url: 'https://tracking.example/RM123456785GB',
          },
        ],
      },
    ],
  }),
  order(5_001_002, '#1002', grace, {
    processedAt: '2026-11-10T13:20:00.000Z',
    financialStatus: 'PAID',
    fulfillmentStatus: 'FULFILLED',
    total: { amount: '64.00', currency: 'GBP' },
    fulfillments: [
      {
        name: '#1002.1',
        displayStatus: 'DELIVERED',
        deliveredAt: '2026-11-13T11:02:00.000Z',
        tracking: [
          { company: 'DPD', number: '15501234567890', url: 'https://tracking.example/15501234567890' },
        ],
      },
    ],
  }),
];
