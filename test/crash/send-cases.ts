/** One answer of one organization, on its way while the process is killed. */
import { vi } from 'vitest';
import { mara, Shop } from '../automation-flow/shop.js';
import { soon } from './send-holds.js';
import type { Step } from './send-steps.js';
import type { SendWorld } from './send-world.js';

export const varieties = ['an automatic answer', 'a person’s reply'] as const;
export type Variety = (typeof varieties)[number];

/** Where the message is, and how often it has left. */
export interface Standing {
  readonly status: string | undefined;
  readonly failure: string | null | undefined;
  readonly left: number;
}

interface StoredMessage {
  readonly id: string;
  readonly direction: string;
  readonly status: string;
  readonly failure: string | null;
}

export class SendCase {
  /** Right after the kill. */
  atKill: Standing;
  /** When its job has been given out again, and is done. */
  workedOff: Standing;

  private constructor(
    private readonly world: SendWorld,
    readonly step: Step,
    readonly variety: Variety,
    private readonly shop: Shop,
    /** The conversation that a person replies in. */
    private readonly conversationId: string | undefined,
  ) {}

  /** Where a person replies, nothing else does, and the contact has written already. */
  static async open(world: SendWorld, step: Step, variety: Variety): Promise<SendCase> {
    const byItself = variety === 'an automatic answer';
    const shop = await Shop.open(world.app, { automation_enabled: byItself });
    if (byItself) return new SendCase(world, step, variety, shop, undefined);
    await shop.write(step.contact ?? mara, 'Good morning');
    await vi.waitUntil(async () => (await shop.rows('decisions')).length === 1, soon);
    const [conversation] = await shop.get<{ id: string }>('/v1/conversations');
    return new SendCase(world, step, variety, shop, conversation!.id);
  }

  get organizationId(): string {
    return this.shop.owner.organizationId;
  }

  /** Causes the message. */
  async begin(): Promise<void> {
    if (this.conversationId === undefined) {
      const { contact } = this.step;
      // Only Mara has an order.
      const question = contact ? 'Where is my order?' : 'Where is my order #1001?';
      await this.shop.write(contact ?? mara, question);
      return;
    }
    const { http } = this.world.app;
    const path = `/v1/conversations/${this.conversationId}/messages`;
    await http().post(path).set(this.shop.owner.bearer).send({ text: 'It is on its way.' }).expect(201);
  }

  async standing(): Promise<Standing> {
    const message = await this.message();
    const left = await this.world.sentFor(this.organizationId);
    return { status: message?.status, failure: message?.failure, left: left.length };
  }

  async until(status: string): Promise<void> {
    await vi.waitUntil(async () => (await this.message())?.status === status, soon);
  }

  /** As the vendor reports what it has taken: under its own id, which we may never have learned, and with ours. */
  async reportDelivered(): Promise<void> {
    const [sent] = await this.world.sentFor(this.organizationId);
    await this.shop.report(sent!.vendorMessageId, 'delivered', sent!.message['id'] as string);
    await this.until('delivered');
  }

  /** How often its job was given to somebody. */
  async timesGivenOut(): Promise<number> {
    const { rows } = await this.world.admin.query<{ times: number }>(
      'SELECT retry_count + 1 AS times FROM pgboss.job WHERE group_id = $1 AND name = $2',
      [this.organizationId, this.conversationId === undefined ? 'answer-message' : 'send-message'],
    );
    return only(rows)!.times;
  }

  /** To the contact. */
  private async message(): Promise<StoredMessage | undefined> {
    const outbound = (await this.shop.rows<StoredMessage>('messages')).filter(
      ({ direction }) => direction === 'outbound',
    );
    return only(outbound);
  }
}

function only<Item>(items: readonly Item[]): Item | undefined {
  if (items.length > 1) throw new Error(`more than one: ${JSON.stringify(items)}`);
  return items[0];
}
