/** Starts what takes part: the application or a bare server, each with a load generator that knows its tokens. */
import { join } from 'node:path';
import type { BenchDatabase } from '../bench-database.js';
import { startLoad } from '../load/load.js';
import type { Contestant } from '../rounds.js';
import { startServerProcess } from '../server-process.js';
import { checkMembers } from './answer.js';
import { membersRequests, newKey, tokenProfile } from './data.js';

export type Variant = 'awaited' | 'joined';

/** Started members of a case, so that those already up are stopped when a later one fails. */
export class Field {
  readonly contestants: Contestant[] = [];

  /** The application with its defaults: one process, 10 connections, request log on. */
  async addApp(name: string, { settings, superuserUrl }: BenchDatabase): Promise<void> {
    const key = newKey();
    const environment = {
      ...settings,
      ACCESS_TOKEN_KEYS: `${tokenProfile.kid}:${key}`,
      REFRESH_TOKEN_KEYS: `${tokenProfile.kid}:${newKey()}`,
    };
    await this.add(name, join(import.meta.dirname, '../app.process.js'), environment, superuserUrl, key);
  }

  async addBare(name: string, { superuserUrl }: BenchDatabase, variant: Variant): Promise<void> {
    const key = newKey();
    const environment = { DATABASE_URL: superuserUrl, TOKEN_KEY: key, BARE_VARIANT: variant };
    await this.add(name, join(import.meta.dirname, 'bare.process.js'), environment, superuserUrl, key);
  }

  async stop(): Promise<void> {
    await Promise.all(this.contestants.flatMap(({ server, load }) => [server.stop(), load.stop()]));
  }

  private async add(
    name: string,
    module: string,
    environment: Record<string, string>,
    superuserUrl: string,
    key: string,
  ): Promise<void> {
    const requests = await membersRequests(superuserUrl, key);
    const server = await startServerProcess(module, environment);
    const load = await startLoad(requests);
    this.contestants.push({ name, server, load, check: checkMembers(requests) });
  }
}
