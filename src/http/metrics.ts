import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { Config } from '../config/config.module.js';

/** Prometheus metrics of this process, in a registry of the application's own. */
@Injectable()
export class HttpMetrics {
  readonly registry = new Registry();
  private readonly duration: Histogram<'method' | 'route' | 'status'>;
  private readonly jobs: Counter<'job' | 'outcome'>;
  private readonly deliveries: Counter<'vendor' | 'outcome'>;

  constructor(config: Config) {
    const { owner, costCenter } = config.get('tags', { infer: true });
    this.registry.setDefaultLabels({
      service: 'bulkhead',
      env: config.get('environment', { infer: true }),
      ...(owner && { owner }),
      ...(costCenter && { cost_center: costCenter }),
    });
    collectDefaultMetrics({ register: this.registry });
    this.duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [this.registry],
    });
    this.jobs = new Counter({
      name: 'jobs_total',
      help: 'Attempts at jobs',
      labelNames: ['job', 'outcome'],
      registers: [this.registry],
    });
    this.deliveries = new Counter({
      name: 'webhook_deliveries_total',
      help: 'Webhook deliveries by what became of them: stored, duplicate, or the code of the problem answered',
      labelNames: ['vendor', 'outcome'],
      registers: [this.registry],
    });
  }

  countJob(job: string, outcome: 'completed' | 'failed'): void {
    this.jobs.inc({ job, outcome });
  }

  countDelivery(vendor: string, outcome: string): void {
    this.deliveries.inc({ vendor, outcome });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.duration.observe({ method, route, status }, seconds);
  }
}
