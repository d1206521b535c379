/** What the egress guard refused, as a log line and a count: somebody tried to reach what is not listed. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { onEgressRefusal, type EgressRefusal } from '../environment/egress.refusal.js';
import { HttpMetrics } from '../http/metrics.js';

@Injectable()
export class EgressWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(EgressWatch.name);
  private readonly refusals: Counter<'reason'>;
  private stop: () => void = () => undefined;

  constructor({ registry }: HttpMetrics) {
    this.refusals = new Counter({
      name: 'egress_refusals_total',
      help: 'Connections that the egress guard refused, by why',
      labelNames: ['reason'],
      registers: [registry],
    });
  }

  onModuleInit(): void {
    this.stop = onEgressRefusal((refusal) => this.note(refusal));
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  private note({ host, port, reason, dropped }: EgressRefusal): void {
    this.refusals.inc({ reason }, 1 + dropped);
    const more = dropped > 0 ? `, and ${dropped} more` : '';
    this.logger.warn(`egress refused: ${host}${port === undefined ? '' : ` port ${port}`}, ${reason}${more}`);
  }
}
