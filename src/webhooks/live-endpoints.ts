/**
 * Endpoints with their secrets opened, kept in memory so that a delivery costs no question. What is kept may be old: the
 * transaction that stores a delivery compares the version it was verified with, so a disabled endpoint and a forgotten
 * secret are refused from the commit that says so, in every process.
 */
import { Injectable } from '@nestjs/common';
import { Endpoint } from '../connections/endpoint.entity.js';
import { SealedSecrets } from '../connections/sealed-secrets.js';
import type { Vendor } from '../connections/vendors.js';
import { EntryDb } from '../database/entry-db.js';
import { Problem } from '../http/problem.js';
import { secretOf, type Secret } from './vendor-webhook.js';

export interface LiveEndpoint {
  readonly id: string;
  readonly version: number;
  readonly secrets: readonly Secret[];
  readonly verifyToken: Secret | undefined;
}

const mostKept = 10_000;
/** 128 bits, base64url. */
const keyForm = /^[A-Za-z0-9_-]{22}$/;

@Injectable()
export class LiveEndpoints {
  private readonly kept = new Map<string, LiveEndpoint>();

  constructor(
    private readonly entryDb: EntryDb,
    private readonly sealed: SealedSecrets,
  ) {}

  /** @throws Problem `not-found`: no endpoint has this key, or not of this vendor, or it is disabled */
  async find(vendor: Vendor, key: string): Promise<LiveEndpoint> {
    return this.kept.get(`${vendor}/${key}`) ?? this.reload(vendor, key);
  }

  /** As it is now. @throws Problem `not-found` */
  async reload(vendor: Vendor, key: string): Promise<LiveEndpoint> {
    // What cannot be a key is no question for the database, which would choke on some of it.
    if (!keyForm.test(key)) throw new Problem('not-found');
    const name = `${vendor}/${key}`;
    const row = await this.entryDb.run({}, (manager) =>
      manager.findOneBy(Endpoint, { key, provider: vendor, status: 'active' }),
    );
    if (!row) {
      this.kept.delete(name);
      throw new Problem('not-found');
    }
    const kept = this.kept.get(name);
    if (kept?.version === row.version) return kept;
    const live = await this.open(row);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= mostKept && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(name, live);
    return live;
  }

  private async open({
    id,
    ownerId,
    version,
    secret,
    previousSecret,
    verifyToken,
  }: Endpoint): Promise<LiveEndpoint> {
    const bound = { org: ownerId, con: id };
    const sealedSecrets = [secret, previousSecret].filter((each) => each !== null);
    return {
      id,
      version,
      secrets: await Promise.all(
        sealedSecrets.map(async (each) =>
          secretOf(await this.sealed.open(each, { ...bound, purpose: 'webhook-secret' })),
        ),
      ),
      verifyToken: verifyToken
        ? secretOf(await this.sealed.open(verifyToken, { ...bound, purpose: 'verify-token' }))
        : undefined,
    };
  }
}
