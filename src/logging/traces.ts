/**
 * OpenTelemetry, loaded only where an endpoint is set. Guarantees: spans leave only through `AllowedSpans`; a caller
 * chooses no trace id and no vendor is told one (no propagator is set); what is in memory is sent before the process ends.
 *
 * Requests are spans by Fastify's own hooks, which know the route's pattern and work however modules were loaded: hooks on
 * ESM imports only see what is imported after them (stack.md, 10). `undici` tells by a diagnostics channel. `pg` is hooked
 * where it is required, which TypeORM does when a data source is made: so this starts before the application is built.
 */
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/actor.js';
import type { Settings } from '../config/settings.js';
import { routeOf } from '../http/server.js';
import { SpanContext } from './span-context.js';
import { AllowedSpans } from './span-facts.js';

export type TraceSettings = Pick<Settings, 'environment' | 'tags'>;

/** One of each in a process: what they hook is the process's. */
const instrumentations = [
  // Work that nobody asked for, such as polling the queue, makes no span.
  new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
  new UndiciInstrumentation({ requireParentforSpans: true }),
];

export class Traces {
  private readonly provider: TracerProvider;

  constructor(url: string, { environment, tags }: TraceSettings) {
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': 'bulkhead',
        'deployment.environment.name': environment,
        ...(tags.owner !== undefined && { owner: tags.owner }),
        ...(tags.costCenter !== undefined && { 'cost-center': tags.costCenter }),
      }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new AllowedSpans(new OTLPTraceExporter({ url: `${url.replace(/\/+$/, '')}/v1/traces` })),
        }),
      ],
    });
    context.setGlobalContextManager(new SpanContext());
    for (const each of instrumentations) {
      each.setTracerProvider(this.provider);
      each.enable();
    }
  }

  /** Before routes are made. */
  watch(server: FastifyInstance): void {
    const tracer = this.provider.getTracer('bulkhead');
    const open = new WeakMap<FastifyRequest, Span>();
    server.addHook('onRequest', (request, _reply, done) => {
      const name = `${request.method} ${routeOf(request)}`;
      open.set(request, tracer.startSpan(name, { kind: SpanKind.SERVER }, ROOT_CONTEXT));
      done();
    });
    // After the body is read, as the tenant's context is opened.
    server.addHook('preHandler', (request, _reply, done) => {
      const span = open.get(request);
      if (span) context.with(trace.setSpan(ROOT_CONTEXT, span), done);
      else done();
    });
    server.addHook('onResponse', (request, { statusCode }, done) => {
      const span = open.get(request);
      if (span) endSpan(span, request, statusCode);
      done();
    });
    server.addHook('onClose', async () => this.stop());
  }

  async stop(): Promise<void> {
    for (const each of instrumentations) each.disable();
    context.disable();
    await this.provider.shutdown();
  }
}

function endSpan(span: Span, request: FastifyRequest, status: number): void {
  const { user: actor } = request as AuthenticatedRequest;
  span.setAttributes({
    'http.request.method': request.method,
    'http.route': routeOf(request),
    'http.response.status_code': status,
    'bulkhead.request.id': request.id,
    ...(actor && { 'bulkhead.organization.id': actor.organizationId, 'bulkhead.actor.id': actor.userId }),
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
