/** All that one suite needs: a database, the application, shops. Taken down whatever happened. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { withLock } from '../../src/local-postgres/kernel-lock.js';
import { root } from '../start/fixtures/packages.js';
import { Application, type Instance, type Role } from './application.js';
import { deliveryMaker } from './deliveries.js';
import { DurableServer } from './durable-server.js';
import { Senders } from './senders.js';
import { openShops, plantPlatformEndpoint, type Shops } from './shops.js';

export class World {
  private readonly undo: (() => Promise<unknown>)[] = [];
  server: DurableServer;
  admin: Pool;
  application: Application;
  shops: Shops;
  instances: readonly Instance[];

  /** @param roles one process each; the first answers requests */
  static async create(...roles: readonly Role[]): Promise<World> {
    const world = new World();
    try {
      await world.build(roles);
      return world;
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  /** The process that vendors post to. */
  get api(): Instance {
    return this.instances[0]!;
  }

  /** One suite at a time loads the machine; meanwhile the others wait for jobs to be given out again. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const cache = join(realpathSync(join(root, 'node_modules')), '.cache');
    mkdirSync(cache, { recursive: true });
    return withLock(join(cache, 'bulkhead-crash.lock'), 800_000, work);
  }

  startSending({ pauseMs = 0 } = {}): Senders {
    const senders = new Senders(this.api.url, deliveryMaker(this.shops), pauseMs);
    this.undo.push(async () => senders.abandon());
    return senders;
  }

  async remove(): Promise<void> {
    const failures: unknown[] = [];
    // What cannot be undone keeps nothing else from it.
    for (const step of this.undo.splice(0).toReversed()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything is taken down');
  }

  private async build(roles: readonly Role[]): Promise<void> {
    const stateDir = mkdtempSync(join(tmpdir(), 'bulkhead-crash-'));
    this.undo.push(async () => rmSync(stateDir, { recursive: true, force: true }));
    const server = await DurableServer.start(stateDir);
    this.undo.push(async () => server.remove());
    this.server = server;
    const admin = new Pool({ connectionString: server.adminUrl, max: 4 });
    admin.on('error', () => undefined);
    this.undo.push(async () => admin.end());
    this.admin = admin;
    const application = await Application.build(server.settings);
    this.undo.push(async () => application.remove());
    this.application = application;
    const whatsapp = await plantPlatformEndpoint(admin, application.settings);
    this.instances = await Promise.all(roles.map(async (role) => application.start(role)));
    this.shops = await openShops(admin, this.api.url, whatsapp);
  }
}
