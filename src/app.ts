import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { HttpMetrics } from './http/metrics.js';
import { serveApiDocuments } from './http/openapi.js';
import { createServer, dressServer } from './http/server.js';
import { createLogger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import type { Traces } from './logging/traces.js';

/** The whole application, connected to its database but not yet listening. Tests start it the same way. */
export async function createApp(
  settings: Settings,
  logger: Logger = createLogger(settings),
): Promise<NestFastifyApplication> {
  const traces = await startTraces(settings);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(settings), createServer(), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    dressServer(app, logger, app.get(HttpMetrics), settings.role !== 'worker');
    traces?.watch(app.getHttpAdapter().getInstance());
    if (settings.policy.apiDocuments === 'open') serveApiDocuments(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  } catch (error) {
    // Half of its connections may be open, and would keep the embedded database from stopping.
    await app.close().catch(() => undefined);
    throw error;
  }
}

/** Off unless an endpoint is set: then nothing of it is even loaded. */
async function startTraces(settings: Settings): Promise<Traces | undefined> {
  if (!settings.tracesUrl) return undefined;
  const { Traces: Started } = await import('./logging/traces.js');
  return new Started(settings.tracesUrl, settings);
}
