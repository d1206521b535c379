import type { Fact, ReceivedDelivery, WebhookVendor } from './fact.js';
import { splitRichpanel } from './richpanel.js';
import { splitShopify } from './shopify.js';
import { splitWhatsApp } from './whatsapp.js';

type Split = (delivery: ReceivedDelivery) => readonly Fact[];

const splitters: Readonly<Record<WebhookVendor, Split>> = {
  shopify: (delivery) => [splitShopify(delivery)],
  whatsapp: splitWhatsApp,
  richpanel: (delivery) => [splitRichpanel(delivery)],
};

/** The facts of a verified delivery: at least one, whatever its body is. Never throws. */
export function splitDelivery(delivery: ReceivedDelivery): readonly Fact[] {
  return splitters[delivery.vendor](delivery);
}
