/** Orders as Shopify sends them with `orders/create`: about 7.8 KB of JSON each, all of it invented here. */
import {
  address,
  both,
  customer,
  email,
  hex,
  id,
  phone,
  pick,
  priced,
  time,
  type Json,
} from './order-parts.js';

const wares = ['Ridge Jacket', 'Fell Boots', 'Tarn Bottle', 'Moor Blanket', 'Crag Lamp', 'Beck Kettle'];
const colours = ['Pine', 'Slate', 'Rust', 'Sand', 'Ink'];

/** The n-th order, the same in every run. */
export function orderBody(n: number): Buffer {
  return Buffer.from(JSON.stringify(order(n)));
}

function order(n: number): Json {
  const [subtotal, tax, shipping] = [price(n, 1) + price(n, 2), 9.12, 6.5];
  const total = subtotal + tax + shipping;
  const at = time(n);
  return {
    id: id(n, 'order'),
    admin_graphql_api_id: `gid://shopify/Order/${id(n, 'order')}`,
    app_id: 580_111,
    browser_ip: `203.0.113.${n % 255}`,
    buyer_accepts_marketing: n % 2 === 0,
    cancel_reason: null,
    cancelled_at: null,
    cart_token: hex(n, 'cart', 32),
    checkout_id: id(n, 'checkout'),
    checkout_token: hex(n, 'checkout', 32),
    client_details: {
      accept_language: 'en-GB',
      browser_height: null,
      browser_ip: `203.0.113.${n % 255}`,
      browser_width: null,
      session_hash: null,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
    },
    closed_at: null,
    company: null,
    confirmation_number: hex(n, 'confirmation', 9).toUpperCase(),
    confirmed: true,
    contact_email: email(n),
    created_at: at,
    currency: 'EUR',
    ...priced('current_subtotal_price', subtotal),
    current_total_additional_fees_set: null,
    ...priced('current_total_discounts', 0),
    current_total_duties_set: null,
    ...priced('current_total_price', total),
    ...priced('current_total_tax', tax),
    customer_locale: 'en-GB',
    device_id: null,
    discount_codes: [],
    email: email(n),
    estimated_taxes: false,
    financial_status: 'paid',
    fulfillment_status: null,
    landing_site: '/collections/outdoor?utm_source=newsletter',
    landing_site_ref: null,
    location_id: null,
    merchant_of_record_app_id: null,
    name: `#${1_000 + n}`,
    note: null,
    note_attributes: [],
    number: n,
    order_number: 1_000 + n,
    order_status_url: `https://fellside.example/61234567890/orders/${hex(n, 'order', 32)}/authenticate?key=${hex(n, 'key', 32)}`,
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    payment_gateway_names: ['shopify_payments'],
    phone: phone(n),
    po_number: null,
    presentment_currency: 'EUR',
    processed_at: at,
    reference: null,
    referring_site: null,
    source_identifier: null,
    source_name: 'web',
    source_url: null,
    ...priced('subtotal_price', subtotal),
    tags: '',
    tax_exempt: false,
    tax_lines: [{ ...priced('price', tax), rate: 0.2, title: 'GB VAT', channel_liable: false }],
    taxes_included: false,
    test: false,
    token: hex(n, 'order', 32),
    ...priced('total_discounts', 0),
    ...priced('total_line_items_price', subtotal),
    total_outstanding: '0.00',
    ...priced('total_price', total),
    total_shipping_price_set: both(shipping),
    ...priced('total_tax', tax),
    total_tip_received: '0.00',
    total_weight: 1_240,
    updated_at: at,
    user_id: null,
    billing_address: address(n),
    customer: customer(n),
    discount_applications: [],
    fulfillments: [],
    line_items: [lineItem(n, 1), lineItem(n, 2)],
    payment_terms: null,
    refunds: [],
    shipping_address: address(n),
    shipping_lines: [shippingLine(n, shipping)],
  };
}

function lineItem(n: number, position: number): Json {
  const ware = pick(wares, n + position);
  const own = id(n, `line ${position}`);
  return {
    id: own,
    admin_graphql_api_id: `gid://shopify/LineItem/${own}`,
    attributed_staffs: [],
    current_quantity: 1,
    fulfillable_quantity: 1,
    fulfillment_service: 'manual',
    fulfillment_status: null,
    gift_card: false,
    grams: 620,
    name: `${ware} - ${pick(colours, n)}`,
    ...priced('price', price(n, position)),
    product_exists: true,
    product_id: id(n, ware),
    properties: [],
    quantity: 1,
    requires_shipping: true,
    sku: `${ware.slice(0, 4).toUpperCase()}-${pick(colours, n).toUpperCase()}-${position}`,
    taxable: true,
    title: ware,
    ...priced('total_discount', 0),
    variant_id: id(n, `variant of ${ware}`),
    variant_inventory_management: 'shopify',
    variant_title: pick(colours, n),
    vendor: 'Fellside Outfitters',
    tax_lines: [],
    duties: [],
    discount_allocations: [],
  };
}

function shippingLine(n: number, cost: number): Json {
  return {
    id: id(n, 'shipping'),
    carrier_identifier: null,
    code: 'Standard',
    ...priced('discounted_price', cost),
    is_removed: false,
    phone: null,
    ...priced('price', cost),
    requested_fulfillment_service_id: null,
    source: 'shopify',
    title: 'Standard',
    tax_lines: [],
    discount_allocations: [],
  };
}

function price(n: number, position: number): number {
  return 19 + ((n * 7 + position * 31) % 120);
}
