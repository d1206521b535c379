/**
 * What of a span may leave. The last step before the exporter, so that it holds for whatever made the span. Guarantees:
 * only the attributes named here, their text masked; SQL without the literals in it; of an exception its type; no message
 * of a status, no links; never a URL, a query string, a header, a parameter or a body (S1.8; security.md, 59).
 */
import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { text } from './log-line.js';

/** Names of the semantic conventions, and ours. */
const attributes: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'server.address',
  'server.port',
  'error.type',
  'db.system.name',
  'db.namespace',
  'db.operation.name',
  'db.response.status_code',
  'db.query.text',
  'exception.type',
  'bulkhead.request.id',
  'bulkhead.organization.id',
  'bulkhead.actor.id',
]);

/** Quoted text of SQL, to its end where it is not closed. */
const literals = /'(?:[^']|'')*'?/g;

export class AllowedSpans implements SpanExporter {
  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exporter.export(spans.map(allowedOf), done);
  }

  async shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.();
  }
}

function allowedOf(span: ReadableSpan): ReadableSpan {
  return {
    kind: span.kind,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    spanContext: () => span.spanContext(),
    name: text(span.name),
    status: { code: span.status.code },
    attributes: allowedIn(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      name: text(event.name),
      attributes: allowedIn(event.attributes ?? {}),
    })),
    links: [],
  };
}

function allowedIn(given: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [key, value] of Object.entries(given)) {
    if (!attributes.has(key)) continue;
    if (typeof value === 'string') kept[key] = text(value.replaceAll(literals, `'?'`));
    if (typeof value === 'number') kept[key] = value;
  }
  return kept;
}
