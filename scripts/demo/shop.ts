/** The shop's side through the API, and the vendor's side by signed deliveries; nothing here looks into the database. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { signedDelivery } from '../webhooks/deliveries.ts';
import type { World } from './world.ts';

/** Whose order #1001 is, by the mock's book; and somebody else. */
export const mara = '12025550143';
export const grace = '447700900456';
const phoneNumberId = '100000000000001';

export interface Acknowledged {
  readonly status: number;
  readonly body: { readonly status?: string; readonly code?: string };
  readonly ms: number;
  readonly bytes: number;
}

export interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}

export class Shop {
  private readonly world: World;
  private readonly authorization: string;

  private constructor(world: World, authorization: string) {
    this.world = world;
    this.authorization = authorization;
  }

  static async signIn(world: World): Promise<Shop> {
    const answer = await fetch(`${world.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'olivia@volt-motors.example', password: world.password }),
    });
    const { accessToken } = (await answer.json()) as { accessToken: string };
    return new Shop(world, `Bearer ${accessToken}`);
  }

  async list(path: string): Promise<Row[]> {
    const answer = await fetch(`${this.world.url}${path}`, {
      headers: { authorization: this.authorization },
    });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
    return ((await answer.json()) as { data: Row[] }).data;
  }

  async post(path: string): Promise<{ status: number; body: Row & { code?: string } }> {
    const headers = { authorization: this.authorization };
    const answer = await fetch(`${this.world.url}${path}`, { method: 'POST', headers });
    return { status: answer.status, body: (await answer.json()) as Row };
  }

  async outbox(): Promise<Row[]> {
    return this.list('/mocks/outbox');
  }

  /** As Meta posts it. The same id is the same message; `tamper` changes a byte after signing. */
  async write(from: string, text: string, { id = `wamid.${randomUUID()}`, tamper = false, at = now() } = {}) {
    const contacts = [{ wa_id: from, profile: { name: from === mara ? 'Mara' : 'Grace' } }];
    const messages = [{ from, id, timestamp: at, type: 'text', text: { body: text } }];
    return this.deliver({ contacts, messages }, tamper);
  }

  async report(vendorMessageId: unknown, status: string, ourId: string): Promise<Acknowledged> {
    const report = { id: vendorMessageId, status, timestamp: now(), recipient_id: mara };
    return this.deliver({ statuses: [{ ...report, biz_opaque_callback_data: ourId }] });
  }

  private async deliver(value: object, tamper = false): Promise<Acknowledged> {
    const metadata = { display_phone_number: '15550000001', phone_number_id: phoneNumberId };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] };
    const { key, secret } = this.world.endpoints.whatsapp;
    const sent = signedDelivery({ vendor: 'whatsapp', body: JSON.stringify(body), secret, tamper });
    const start = performance.now();
    const answer = await fetch(`${this.world.url}/webhooks/whatsapp/${key}`, {
      method: 'POST',
      headers: sent.headers,
      body: new Uint8Array(sent.body),
    });
    const ms = Math.round((performance.now() - start) * 10) / 10;
    const said = (await answer.json()) as Acknowledged['body'];
    return { status: answer.status, body: said, ms, bytes: sent.body.length };
  }
}

/** @throws Error after 20 seconds */
export async function until<Found>(what: string, find: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited 20 s in vain: ${what}`);
    await delay(20);
  }
}

export const now = () => String(Math.floor(Date.now() / 1_000));
