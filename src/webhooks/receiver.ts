/** One delivery: find the endpoint, verify the bytes, store them. Nothing is parsed, and nothing worked on, in here. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Vendor } from '../connections/vendors.js';
import { HttpMetrics } from '../http/metrics.js';
import { Problem } from '../http/problem.js';
import { DeliveryStore } from './delivery-store.js';
import { LiveEndpoints, type LiveEndpoint } from './live-endpoints.js';
import { richpanelWebhook } from './richpanel.webhook.js';
import { shopifyWebhook } from './shopify.webhook.js';
import type { Incoming, VendorWebhook } from './vendor-webhook.js';
import { whatsappWebhook } from './whatsapp.webhook.js';

const webhooks: Readonly<Record<Vendor, VendorWebhook>> = {
  shopify: shopifyWebhook,
  whatsapp: whatsappWebhook,
  richpanel: richpanelWebhook,
};

@Injectable()
export class Receiver {
  constructor(
    private readonly endpoints: LiveEndpoints,
    private readonly deliveries: DeliveryStore,
    private readonly metrics: HttpMetrics,
  ) {}

  /** @throws Problem `not-found`, `signature-invalid`, `malformed-request`, `unavailable` */
  async receive(vendor: Vendor, key: string, incoming: Incoming): Promise<'stored' | 'duplicate'> {
    try {
      const outcome = await this.store(vendor, key, incoming);
      this.metrics.countDelivery(vendor, outcome);
      return outcome;
    } catch (error) {
      this.metrics.countDelivery(vendor, error instanceof Problem ? error.code : 'internal');
      throw error;
    }
  }

  private async store(vendor: Vendor, key: string, incoming: Incoming): Promise<'stored' | 'duplicate'> {
    const webhook = webhooks[vendor];
    let endpoint = await this.verify(vendor, key, incoming);
    const headers = webhook.keep(incoming.headers);
    if (incoming.body.length === 0) throw new Problem('malformed-request', { detail: 'The body is empty.' });
    const deliveryKey = webhook.deliveryKey(incoming.body, headers);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const delivery = { id: uuidv7(), endpointId: endpoint.id, endpointVersion: endpoint.version };
      const outcome = await this.deliveries.store({ ...delivery, deliveryKey, headers, body: incoming.body });
      if (outcome !== 'stale') return outcome;
      endpoint = await this.endpoints.reload(vendor, key);
      requireGenuine(webhook, endpoint, incoming);
    }
    throw new Problem('unavailable', { retryAfter: 1 });
  }

  /** With the endpoint in memory if that will do; a secret may be newer than it. */
  private async verify(vendor: Vendor, key: string, incoming: Incoming): Promise<LiveEndpoint> {
    const kept = await this.endpoints.find(vendor, key);
    if (webhooks[vendor].isGenuine(incoming, kept.secrets)) return kept;
    const current = await this.endpoints.reload(vendor, key);
    requireGenuine(webhooks[vendor], current, incoming);
    return current;
  }
}

function requireGenuine(webhook: VendorWebhook, { secrets }: LiveEndpoint, incoming: Incoming): void {
  if (!webhook.isGenuine(incoming, secrets)) throw new Problem('signature-invalid');
}
