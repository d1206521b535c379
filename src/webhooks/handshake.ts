import { Injectable } from '@nestjs/common';
import { HttpMetrics } from '../http/metrics.js';
import { Problem } from '../http/problem.js';
import type { HandshakeQuery } from './handshake.dto.js';
import { LiveEndpoints } from './live-endpoints.js';
import { equalSecrets } from './vendor-webhook.js';

@Injectable()
export class Handshake {
  constructor(
    private readonly endpoints: LiveEndpoints,
    private readonly metrics: HttpMetrics,
  ) {}

  /** @returns the challenge, as it came. @throws Problem `not-found`, `signature-invalid` */
  async answer(key: string, query: HandshakeQuery): Promise<string> {
    const { verifyToken } = await this.endpoints.reload('whatsapp', key);
    if (verifyToken === undefined || !equalSecrets(query['hub.verify_token'], verifyToken)) {
      this.metrics.countDelivery('whatsapp', 'signature-invalid');
      throw new Problem('signature-invalid');
    }
    return query['hub.challenge'];
  }
}
