import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { HttpMetrics } from './http/metrics.js';
import { serveApiDocuments } from './http/openapi.js';
import { createServer, dressServer } from './http/server.js';
import { createLogger, NestLogger } from './logging/logger.js';

/** The whole application, connected to its database but not yet listening. Tests start it the same way. */
export async function createApp(
  settings: Settings,
  logger: Logger = createLogger(settings),
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(settings), createServer(), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    dressServer(app, logger, app.get(HttpMetrics), settings.role !== 'worker');
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
