/** What the vendors publish about the bodies of their deliveries, as far as somebody could rely on it. */
import { z } from 'zod';

const time = z.iso.datetime({ offset: true });
const money = z.string().regex(/^\d+\.\d\d$/);
const gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d{18}$/);
/** JSON.parse rounds it; the exact digits are compared in the text. */
const longId = z.number().gt(Number.MAX_SAFE_INTEGER);
const list = z.array(z.object({ id: longId, admin_graphql_api_id: gid }));

const order = z.object({
  id: longId,
  admin_graphql_api_id: gid,
  name: z.literal('#1001'),
  phone: z.literal('+12025550143'),
  created_at: time,
  updated_at: time,
  cancelled_at: time.nullable(),
  total_price: money,
  total_price_set: z.object({ shop_money: z.object({ amount: money, currency_code: z.literal('USD') }) }),
  customer: z.object({ id: z.number(), email: z.email(), phone: z.string() }),
  line_items: list.min(1),
  fulfillments: list,
});
const fulfillment = z.object({
  id: longId,
  order_id: longId,
  status: z.string(),
  shipment_status: z.string().nullable(),
  tracking_company: z.string(),
  tracking_number: z.string(),
  tracking_numbers: z.array(z.string()),
  tracking_url: z.url(),
  tracking_urls: z.array(z.url()),
  name: z.literal('#1001.1'),
  updated_at: time,
});
const customer = z.object({ id: longId, admin_graphql_api_id: gid, email: z.email(), updated_at: time });
const shop = z.object({ shop_id: z.number(), shop_domain: z.literal('volt-motors-demo.myshopify.com') });
const redacted = shop.extend({ customer: z.object({ id: z.number(), email: z.email(), phone: z.string() }) });

export const shopify: Readonly<Record<string, z.ZodType>> = {
  'app/uninstalled': z.object({ id: z.number(), myshopify_domain: shop.shape.shop_domain, updated_at: time }),
  'customers/create': customer,
  'customers/data_request': redacted.extend({
    orders_requested: z.array(longId),
    data_request: z.object({ id: longId }),
  }),
  'customers/delete': z.object({ id: longId, admin_graphql_api_id: gid }),
  'customers/redact': redacted.extend({ orders_to_redact: z.array(longId) }),
  'customers/update': customer,
  'fulfillment_events/create': z.object({
    id: longId,
    fulfillment_id: longId,
    order_id: longId,
    happened_at: time,
  }),
  'fulfillments/create': fulfillment,
  'fulfillments/update': fulfillment.extend({ shipment_status: z.literal('out_for_delivery') }),
  'orders/cancelled': order.extend({ cancelled_at: time, cancel_reason: z.literal('customer') }),
  'orders/create': order.extend({ financial_status: z.literal('pending') }),
  'orders/delete': z.strictObject({ id: longId }),
  'orders/edited': z.strictObject({
    order_edit: z.object({
      id: longId,
      order_id: longId,
      line_items: z.object({ additions: z.array(z.unknown()) }),
    }),
  }),
  'orders/fulfilled': order.extend({
    fulfillment_status: z.literal('fulfilled'),
    fulfillments: list.length(2),
  }),
  'orders/paid': order.extend({ financial_status: z.literal('paid') }),
  'orders/partially_fulfilled': order.extend({
    fulfillment_status: z.literal('partial'),
    fulfillments: list.length(1),
  }),
  'orders/updated': order,
  'refunds/create': z.object({
    id: longId,
    order_id: longId,
    refund_line_items: z.array(z.unknown()).min(1),
  }),
  'shop/redact': shop,
};

const phone = z.string().regex(/^1202555\d{4}$/);
const userId = z.string().regex(/^[A-Z]{2}\.\d+$/);
const wamid = z.string().regex(/^wamid\.[A-Za-z0-9+/]+=*$/);
const seconds = z.string().regex(/^\d{10}$/);
const errors = z.array(z.object({ code: z.number(), title: z.string(), message: z.string() })).length(1);
const metadata = z.object({
  display_phone_number: phone,
  phone_number_id: z.enum(['100000000000001', '100000000000002']),
});
const value = z.object({ messaging_product: z.literal('whatsapp'), metadata });
const contact = z.object({ profile: z.object({ name: z.string() }), wa_id: phone, user_id: userId });
const anyMessage = z.object({ id: wamid, timestamp: seconds, type: z.string() });
const sent = anyMessage.extend({ from: phone, from_user_id: userId });
const status = z.object({ id: wamid, status: z.string(), timestamp: seconds, recipient_id: phone });

const delivered = (change: z.ZodType, entries = 1) =>
  z.strictObject({
    object: z.literal('whatsapp_business_account'),
    entry: z.array(z.strictObject({ id: z.string(), changes: z.array(change) })).length(entries),
  });
const change = (shape: z.ZodType) =>
  delivered(z.strictObject({ value: shape, field: z.literal('messages') }));
const message = (type: string, content: z.ZodType, besides: z.ZodRawShape = {}) =>
  change(
    value.extend({
      contacts: z.array(contact).length(1),
      messages: z.array(sent.extend({ type: z.literal(type), [type]: content, ...besides })).length(1),
    }),
  );
const statusOf = (word: string, besides: z.ZodRawShape = {}) =>
  change(
    value.extend({ statuses: z.array(status.extend({ status: z.literal(word), ...besides })).length(1) }),
  );

const text = z.object({ body: z.string() });
const media = z.object({ id: z.string(), mime_type: z.string(), sha256: z.base64() });
const context = { context: z.object({ from: phone, id: wamid }) };
const reply = (kind: string, content: z.ZodType) =>
  message('interactive', z.object({ type: z.literal(kind), [kind]: content }), context);

export const whatsapp: Readonly<Record<string, z.ZodType>> = {
  audio: message('audio', media),
  batch: delivered(z.object({ value: value, field: z.literal('messages') }), 2),
  button: message('button', z.object({ payload: z.string(), text: z.string() }), context),
  contacts: message('contacts', z.array(z.object({ name: z.object({ formatted_name: z.string() }) }))),
  document: message('document', media.extend({ filename: z.string() })),
  errors: change(value.extend({ errors })),
  image: message('image', media),
  'interactive.button_reply': reply('button_reply', z.object({ id: z.string(), title: z.string() })),
  'interactive.list_reply': reply('list_reply', z.object({ id: z.string(), title: z.string() })),
  'interactive.nfm_reply': reply('nfm_reply', z.object({ name: z.string(), response_json: z.string() })),
  location: message('location', z.object({ latitude: z.number(), longitude: z.number() })),
  order: message('order', z.object({ catalog_id: z.string(), product_items: z.array(z.unknown()) })),
  reaction: message('reaction', z.object({ message_id: wamid, emoji: z.string() })),
  'status.delivered': statusOf('delivered', { pricing: z.object({ category: z.string() }) }),
  'status.failed': statusOf('failed', { errors }),
  'status.played': statusOf('played'),
  'status.read': statusOf('read'),
  'status.sent': statusOf('sent', { pricing: z.object({ category: z.string() }) }),
  sticker: message('sticker', media),
  system: change(
    value.extend({
      messages: z.array(
        anyMessage.extend({ from: phone, system: z.object({ wa_id: phone, type: z.string() }) }),
      ),
    }),
  ),
  text: message('text', z.strictObject({ body: z.literal('Where is my order #1001?') })),
  'text.unicode': message('text', text),
  'text.username': change(
    value.extend({
      contacts: z.array(z.strictObject({ profile: z.object({ username: z.string() }), user_id: userId })),
      messages: z.array(z.strictObject({ ...anyMessage.shape, from_user_id: userId, text })),
    }),
  ),
  'unknown-field': delivered(z.object({ value: z.unknown(), field: z.literal('storefront_hours_update') })),
  'unknown-type': message('hologram', z.unknown()),
  unsupported: message('unsupported', z.object({ type: z.string() }), { errors }),
  video: message('video', media),
};

const ticket = z.strictObject({
  event: z.string(),
  workspace: z.literal('volt-motors-demo'),
  ticketId: z.string().regex(/^api-volt-motors-demo-[\da-f-]{36}$/),
});

export const richpanel: Readonly<Record<string, z.ZodType>> = {
  'ticket.created': ticket.extend({ event: z.literal('ticket.created') }),
  'ticket.updated': ticket.extend({ event: z.literal('ticket.updated') }),
};
