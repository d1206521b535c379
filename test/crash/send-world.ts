/** What "send once" is tried on: one process answers, one works and is killed; both know the same mocks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import request, { type Agent } from 'supertest';
import { roleNames } from '../../src/database/roles.js';
import { MockFiles } from '../../src/providers/mock-files.js';
import { MockOutbox, type AcceptedMessage } from '../../src/providers/mock-outbox.js';
import type { TestApp } from '../support/app.js';
import { Factory } from '../support/factory.js';
import { Application, type Instance } from './application.js';
import { DurableServer } from './durable-server.js';
import { Hold, VendorDoor } from './send-holds.js';

/** Transactions wait at these places when somebody holds the advisory lock of that number. */
export const gates = { decided: 1, claimWritten: 2, claimCommitting: 3 } as const;

export class SendWorld {
  private readonly undo: (() => Promise<unknown>)[] = [];
  admin: Pool;
  /** The only one that works. */
  worker: Instance;
  vendor: VendorDoor;
  /** As much of a test's application as a shop needs. */
  app: TestApp;
  private application: Application;
  private outbox: MockOutbox;

  static async create(): Promise<SendWorld> {
    const world = new SendWorld();
    try {
      await world.build();
      return world;
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  async hold(lock: string, ...values: readonly unknown[]): Promise<Hold> {
    return Hold.take(this.admin, lock, values);
  }

  /** The worker stands still, and another works. @returns lets it go on */
  async replaceWorker(): Promise<() => void> {
    const { child } = this.worker.program;
    child.kill('SIGSTOP');
    this.worker = await this.application.start('worker');
    return () => child.kill('SIGCONT');
  }

  /** What has left, the oldest first. */
  async sent(): Promise<AcceptedMessage[]> {
    return this.outbox.list();
  }

  /** For one organization. */
  async sentFor(organizationId: string): Promise<AcceptedMessage[]> {
    return (await this.sent()).filter(({ message }) => message['organizationId'] === organizationId);
  }

  async remove(): Promise<void> {
    const failures: unknown[] = [];
    // What cannot be undone keeps nothing else from it.
    for (const step of this.undo.splice(0).toReversed()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything is taken down');
  }

  private async build(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-crash-'));
    this.undo.push(async () => rmSync(folder, { recursive: true, force: true }));
    const server = await DurableServer.start(join(folder, 'state'));
    this.undo.push(async () => server.remove());
    const admin = new Pool({ connectionString: server.adminUrl, max: 6 });
    admin.on('error', () => undefined);
    this.undo.push(async () => admin.end());
    this.admin = admin;
    await buildGates(admin);
    const mocksDir = join(folder, 'mocks');
    const application = await Application.build({ ...server.settings, MOCKS_DIR: mocksDir });
    this.undo.push(async () => application.remove());
    this.application = application;
    const [api, worker] = await Promise.all([application.start('api'), application.start('worker')]);
    this.worker = worker;
    this.vendor = new VendorDoor(mocksDir);
    this.outbox = new MockOutbox(new MockFiles(mocksDir));
    const http = () => request(api.url) as unknown as Agent;
    this.app = { admin, http, make: new Factory(admin, http) } as unknown as TestApp;
  }
}

/** In this database alone. Who waits at a gate waits however slow a busy machine is to kill it. */
async function buildGates(admin: Pool): Promise<void> {
  const claims = `FOR EACH ROW WHEN (OLD.status = 'ready' AND NEW.status = 'sending')`;
  const patient = roleNames.map(
    (name) => `ALTER ROLE ${name} IN DATABASE bulkhead_local SET lock_timeout = 0`,
  );
  await admin.query(`
    CREATE SCHEMA crash;
    CREATE FUNCTION crash.pass_gate() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END';
    CREATE TRIGGER decided AFTER INSERT ON decisions FOR EACH ROW
      WHEN (NEW.verdict = 'send') EXECUTE FUNCTION crash.pass_gate(${gates.decided});
    CREATE TRIGGER claim_written AFTER UPDATE ON messages
      ${claims} EXECUTE FUNCTION crash.pass_gate(${gates.claimWritten});
    CREATE CONSTRAINT TRIGGER claim_committing AFTER UPDATE ON messages DEFERRABLE INITIALLY DEFERRED
      ${claims} EXECUTE FUNCTION crash.pass_gate(${gates.claimCommitting});
    ${patient.join(';')}`);
}
