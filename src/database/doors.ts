/** The raw data sources behind the three doors. Nobody outside `database/` may hold one (dependency rule `raw-data-source`). */
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Config } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { requireFitRoles } from './door-role.js';
import { entities } from './entities.js';
import { stampVerifier } from './stamp.js';
import { nameStatements } from './named-statements.js';
import { poolOf } from './transaction.js';

@Injectable()
export class Doors implements OnModuleInit, OnApplicationShutdown {
  readonly tenant: DataSource;
  readonly entry: DataSource;
  readonly platform: DataSource;

  constructor(config: Config) {
    const urls = config.get('databaseUrls', { infer: true });
    const poolSize = config.get('databasePoolSize', { infer: true });
    const environment = config.get('environment', { infer: true });
    const options = { poolSize, environment };
    this.tenant = new DataSource(dataSourceOptions(urls.tenant, options));
    this.entry = new DataSource(dataSourceOptions(urls.entry, options));
    this.platform = new DataSource(dataSourceOptions(urls.platform, options));
  }

  async onModuleInit(): Promise<void> {
    const sources = [this.tenant, this.entry, this.platform];
    await Promise.all(sources.map(async (source) => source.initialize()));
    await Promise.all(sources.map(async (source) => nameStatements(poolOf(source))));
    await requireFitRoles(sources);
  }

  /** After the HTTP server has answered its last request. */
  async onApplicationShutdown(): Promise<void> {
    const open = [this.tenant, this.entry, this.platform].filter((source) => source.isInitialized);
    await Promise.all(open.map((source) => source.destroy()));
  }
}

/** @param poolSize connections; waiting for one longer than 10 s is an error */
export function dataSourceOptions(
  url: string,
  { poolSize, environment }: { readonly poolSize: number; readonly environment: Settings['environment'] },
) {
  return {
    type: 'postgres',
    url,
    applicationName: 'bulkhead',
    poolSize,
    connectTimeoutMS: 10_000,
    entities,
    synchronize: false,
    // No extension is needed: ids are made in the application (UUIDv7).
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logging: false,
    extra: { pipeline: true, verify: stampVerifier(environment) },
  } satisfies DataSourceOptions;
}
