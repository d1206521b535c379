/** The real application with every sink it writes to in the hands of the test: lines at every level, and traces. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request, { type Agent } from 'supertest';
import { createApp } from '../../src/app.js';
import { createLogger } from '../../src/logging/logger.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Factory } from '../support/factory.js';

/** Stands in for an OpenTelemetry collector: keeps what is posted to it. */
export async function startCollector() {
  const received: { path: string; text: string }[] = [];
  const server = createServer((asked, answer) => {
    let text = '';
    asked.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    asked.on('end', () => {
      received.push({ path: asked.url ?? '', text });
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const close = async () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, received, close };
}

export interface WatchedApp extends TestApp {
  readonly lines: string[];
  readonly received: { path: string; text: string }[];
  /** Closes the application alone, so that what it has in memory is sent. */
  stop(): Promise<void>;
}

export async function startWatchedApp(overrides: Record<string, string> = {}): Promise<WatchedApp> {
  const collector = await startCollector();
  const t = await startTestApp();
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...overrides };
  const settings = t.database.settings({
    ROLE: 'all',
    LOG_LEVEL: 'debug',
    SERVICE_OWNER: 'support',
    ...traced,
  });
  const lines: string[] = [];
  const app = await createApp(settings, createLogger(settings, { write: (line) => void lines.push(line) }));
  await app.listen(0, '127.0.0.1');
  const http = () => request(app.getHttpServer()) as unknown as Agent;
  let stopped = false;
  const stop = async () => {
    if (!stopped) await app.close();
    stopped = true;
  };
  return {
    ...t,
    app,
    settings,
    http,
    lines,
    stop,
    make: new Factory(t.admin, http),
    received: collector.received,
    close: async () => {
      await stop();
      await t.close();
      await collector.close();
    },
  };
}
