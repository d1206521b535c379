/** An organization with a shop, a WhatsApp number, templates and flags; and what its customers write and get. */
import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { MockOutbox } from '../../src/providers/mock-outbox.js';
import type { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factory.js';
import { connected, type Connected } from '../webhooks/connected.js';
import { deliver, signed } from '../webhooks/signed.js';

/** Of the mock's book: whose order #1001 is. */
export const mara = '12025550143';
export const grace = '447700900456';
/** What only Mara may learn of #1001. */
export const soon = { timeout: 20_000, interval: 20 };

export const orderTemplate =
  'Your order {{order.name}} is {{order.status}}. Follow it: {{order.tracking_url}}';
export const plainTemplate = 'Thank you for writing to {{organization.name}}. Which order is it about?';

export interface FlagValues {
  readonly automation_enabled?: boolean;
  readonly safe_mode?: boolean;
  readonly ladder?: string;
  readonly kill_switch?: boolean;
}

export interface Sent {
  readonly id: string;
  readonly text: string;
  readonly to: { readonly phone?: string };
}

export class Shop {
  private constructor(
    private readonly t: TestApp,
    readonly owner: SignedIn,
    readonly whatsapp: Connected,
  ) {}

  /** Everything it may do, it does by itself, unless `flags` say otherwise. */
  static async open(t: TestApp, flags: FlagValues = {}): Promise<Shop> {
    const owner = await t.make.signedIn();
    await connected(t, 'shopify', { owner });
    const shop = new Shop(t, owner, await connected(t, 'whatsapp', { owner }));
    await t.admin.query(
      `INSERT INTO platform_flags (name, automation_enabled, safe_mode) VALUES ('platform', true, false) ON CONFLICT DO NOTHING`,
    );
    await t.admin.query('INSERT INTO organization_flags (organization_id, id) VALUES ($1, $2)', [
      owner.organizationId,
      randomUUID(),
    ]);
    await shop.set({ automation_enabled: true, safe_mode: false, ladder: 'whitelist', ...flags });
    await shop.template('Where', orderTemplate);
    await shop.template('Which', plainTemplate);
    return shop;
  }

  async set(flags: FlagValues): Promise<void> {
    for (const [name, value] of Object.entries(flags)) {
      await this.t.admin.query(`UPDATE organization_flags SET ${name} = $2 WHERE organization_id = $1`, [
        this.owner.organizationId,
        value,
      ]);
    }
  }

  async template(name: string, body: string): Promise<string> {
    const input = { name, language: 'en', intent: 'order-status', body };
    const made = await this.t.http().post('/v1/templates').set(this.owner.bearer).send(input).expect(201);
    const { id } = made.body as { id: string };
    const approval = { approvedNumber: 1, listed: true };
    await this.t.http().patch(`/v1/templates/${id}`).set(this.owner.bearer).send(approval).expect(200);
    return id;
  }

  /** @returns the vendor's id of the message */
  async write(from: string, text: string, id = `wamid.${randomUUID()}`): Promise<string> {
    await this.say(from, { id, type: 'text', text: { body: text } });
    return id;
  }

  /** A message of any type, as Meta would tell it. */
  async say(
    from: string,
    message: { readonly id: string; readonly type: string; readonly [part: string]: unknown },
  ): Promise<void> {
    await this.change({
      contacts: [{ wa_id: from, profile: { name: 'Somebody' } }],
      messages: [{ from, timestamp: seconds(), ...message }],
    });
  }

  async report(id: string, status: string, ourId?: string): Promise<void> {
    const echoed = ourId && { biz_opaque_callback_data: ourId };
    await this.change({ statuses: [{ id, status, timestamp: seconds(), recipient_id: mara, ...echoed }] });
  }

  async get<Row>(path: string): Promise<Row[]> {
    const { body } = await this.t.http().get(path).set(this.owner.bearer).expect(200);
    return (body as { data: Row[] }).data;
  }

  /** Of this organization, the oldest first. */
  async outbox(): Promise<Sent[]> {
    const entries = (await this.t.app.get(MockOutbox).list()) as unknown as {
      message: Sent & { organizationId: string };
    }[];
    return entries
      .map(({ message }) => message)
      .filter(({ organizationId }) => organizationId === this.owner.organizationId);
  }

  async rows<Row extends object>(table: string, order = 'id'): Promise<Row[]> {
    const { rows } = await this.t.admin.query<Row>(
      `SELECT * FROM ${table} WHERE organization_id = $1 ORDER BY ${order}`,
      [this.owner.organizationId],
    );
    return rows;
  }

  /** Until nothing of this organization waits or is worked on. */
  async settled(): Promise<void> {
    const open = async () => {
      const { rows } = await this.t.admin.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pgboss.job_common
          WHERE state < 'completed' AND (group_id = $1 OR group_id IS NULL)`,
        [this.owner.organizationId],
      );
      return rows[0]!.count;
    };
    await vi.waitUntil(async () => (await open()) === 0, soon);
  }

  private async change(value: object): Promise<void> {
    const { account, secret, path } = this.whatsapp;
    const metadata = { display_phone_number: '15550001111', phone_number_id: account };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }],
        },
      ],
    });
    await deliver(this.t.http, path, signed('whatsapp', secret, body)).expect(200);
  }
}

const seconds = () => String(Math.floor(Date.now() / 1_000));
