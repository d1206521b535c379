import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { EntryDb } from '../database/entry-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { Problem } from '../http/problem.js';
import type { UpdateWebhookSecrets, WebhookSecrets } from './connection.dto.js';
import { Endpoint } from './endpoint.entity.js';
import { SealedSecrets } from './sealed-secrets.js';
import { platformOwner, type Vendor } from './vendors.js';

export type NewEndpoint = Pick<
  Endpoint,
  'id' | 'key' | 'provider' | 'ownerId' | 'secret' | 'verifyToken' | 'status'
>;

@Injectable()
export class Endpoints {
  constructor(
    private readonly entryDb: EntryDb,
    private readonly sealed: SealedSecrets,
  ) {}

  /** A new endpoint with its secrets sealed; not stored yet. */
  async make(
    provider: Vendor,
    ownerId: string,
    { secret, verifyToken }: WebhookSecrets,
    key = randomBytes(16).toString('base64url'),
  ): Promise<NewEndpoint> {
    const id = uuidv7();
    return {
      id,
      key,
      provider,
      ownerId,
      secret: await this.sealed.seal(secret, { org: ownerId, con: id, purpose: 'webhook-secret' }),
      verifyToken: verifyToken
        ? await this.sealed.seal(verifyToken, { org: ownerId, con: id, purpose: 'verify-token' })
        : null,
      status: 'active',
    };
  }

  /** The endpoint of the platform's own app at a vendor. @throws Problem `no-platform-app` */
  async ofPlatform(provider: Vendor): Promise<Pick<Endpoint, 'id' | 'ownerId'>> {
    const [endpoint] = await this.entryDb.read<{ id: string }>({
      text: `SELECT id FROM endpoints WHERE owner_id = $1 AND provider = $2 AND status = 'active' ORDER BY id LIMIT 1`,
      values: [platformOwner, provider],
    });
    if (!endpoint) throw new Problem('no-platform-app', { detail: 'Give `webhook` for an app of your own.' });
    return { id: endpoint.id, ownerId: platformOwner };
  }

  /** A new secret comes in front of the one before, which stays valid until it is forgotten. @returns whether anything changed */
  async rotate(
    transaction: Transaction,
    { id, ownerId }: Pick<Endpoint, 'id' | 'ownerId'>,
    { secret, verifyToken, forgetPreviousSecret }: UpdateWebhookSecrets,
  ): Promise<boolean> {
    const bound = { org: ownerId, con: id };
    const changes = {
      ...(secret && {
        secret: await this.sealed.seal(secret, { ...bound, purpose: 'webhook-secret' }),
        previousSecret: () => 'secret',
      }),
      ...(verifyToken && {
        verifyToken: await this.sealed.seal(verifyToken, { ...bound, purpose: 'verify-token' }),
      }),
      ...(forgetPreviousSecret && { previousSecret: null }),
    };
    if (Object.keys(changes).length === 0) return false;
    await transaction.update(Endpoint, { id }, changes);
    return true;
  }
}
