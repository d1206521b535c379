/** Those who take part in a case: servers, each with a load generator of its own. */
import { join } from 'node:path';
import type { BenchDatabase } from './bench-database.js';
import { startLoad, type LoadRequest } from './load/load.js';
import type { Contestant } from './rounds.js';
import { startServerProcess } from './server-process.js';

export interface Entry extends Pick<Contestant, 'name' | 'check'> {
  readonly requests: readonly LoadRequest[];
}

/** Started members of a case, so that those already up are stopped when a later one fails. */
export class Field {
  readonly contestants: Contestant[] = [];

  /**
   * The application with its defaults: 10 connections, request log on. One process, which answers requests only:
   * working jobs off would be another's, and none runs.
   *
   * @param keys see `keySettingsWith`
   */
  async addApp(entry: Entry, { settings }: BenchDatabase, keys: Record<string, string>): Promise<void> {
    const environment = { ...settings, ...keys, ROLE: 'api' };
    await this.add(entry, join(import.meta.dirname, 'app.process.js'), environment);
  }

  async add(
    { name, requests, check }: Entry,
    module: string,
    environment: Record<string, string>,
  ): Promise<void> {
    const server = await startServerProcess(module, environment);
    const load = await startLoad(requests);
    this.contestants.push({ name, server, load, check });
  }

  async stop(): Promise<void> {
    await Promise.all(this.contestants.flatMap(({ server, load }) => [server.stop(), load.stop()]));
  }
}
