/** Signed deliveries, no two alike, and what must come of each. */
import { randomUUID } from 'node:crypto';
import { shopifyHeaders, signedDelivery } from '../../scripts/webhooks/deliveries.ts';
import type { Account, Inlet, Shop, Shops } from './shops.js';

/** One event of one organization. */
export interface ExpectedFact {
  readonly account: Account;
  readonly type: string;
  /** In the payload, and in no other. */
  readonly mark: string;
}

export interface MadeDelivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly facts: readonly ExpectedFact[];
}

/** In turn an order of a shop, and a delivery of WhatsApp with facts of a shop and the next. */
export function deliveryMaker({ shops, whatsapp }: Shops): () => MadeDelivery {
  let made = 0;
  const shopAt = (index: number) => shops[index % shops.length]!;
  return () => {
    made += 1;
    const turn = made >> 1;
    return made % 2 === 0
      ? order(shopAt(turn), made)
      : conversation([shopAt(turn).whatsapp, shopAt(turn + 1).whatsapp], whatsapp, made);
  };
}

function order({ shopify }: Shop, serial: number): MadeDelivery {
  const mark = `#${serial}-${randomUUID()}`;
  const body = JSON.stringify({
    id: serial,
    admin_graphql_api_id: `gid://shopify/Order/${serial}`,
    name: mark,
    note: padding,
    updated_at: '2026-11-21T08:30:00+00:00',
  });
  const headers = {
    ...shopifyHeaders('orders/create', new Date(), () => randomUUID()),
    'X-Shopify-Shop-Domain': shopify.account,
  };
  const { secret, path } = shopify;
  return {
    ...signedDelivery({ vendor: 'shopify', body, secret, headers }),
    path,
    facts: [{ account: shopify, type: 'orders/create', mark }],
  };
}

function conversation(
  [one, two]: readonly [Account, Account],
  { path, secret }: Inlet,
  serial: number,
): MadeDelivery {
  const asked = `wamid.${serial}-${randomUUID()}`;
  const replied = `wamid.${serial}-${randomUUID()}`;
  const read = `wamid.${serial}-${randomUUID()}`;
  const timestamp = '1795249800';
  const message = (id: string) => ({
    from: '491700000001',
    id,
    timestamp,
    type: 'text',
    text: { body: padding },
  });
  const status = { id: read, status: 'read', timestamp, recipient_id: '491700000002' };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      change(one, { messages: [message(asked)] }),
      change(two, { messages: [message(replied)], statuses: [status] }),
    ],
  });
  return {
    ...signedDelivery({ vendor: 'whatsapp', body, secret }),
    path,
    facts: [
      { account: one, type: 'message.text', mark: asked },
      { account: two, type: 'message.text', mark: replied },
      { account: two, type: 'status.read', mark: read },
    ],
  };
}

function change({ account }: Account, value: object): object {
  const metadata = { display_phone_number: '15550000000', phone_number_id: account };
  return {
    id: '1',
    changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }],
  };
}

/** Real deliveries have some kilobytes. */
const padding = 'where is my order '.repeat(60);
