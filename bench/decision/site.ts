/** An installation under measurement: a process that receives, so many that work off, and who asks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { BenchServer } from '../bench-database.js';
import { keySettingsWith } from '../keys.js';
import { startLoad } from '../load/load.js';
import type { Round } from '../rounds.js';
import { startServerProcess, type ServerProcess } from '../server-process.js';
import { questions } from './questions.js';
import { openShops, type Shops } from './shops.js';

/** Nobody waits longer for the last decision of a round. */
const longestMs = 300_000;

export class Site {
  readonly rounds: Round[] = [];
  /** Of all rounds and the warm-up. */
  asked = 0;

  private constructor(
    readonly name: string,
    private readonly admin: Client,
    private readonly shops: Shops,
    private readonly servers: readonly ServerProcess[],
  ) {}

  /** @param workers none: what is received is stored, and waits */
  static async open(
    server: BenchServer,
    { name, shops: count, workers }: { name: string; shops: number; workers: number },
    undo: (() => unknown)[],
  ): Promise<Site> {
    const database = await server.createDatabase(name.replaceAll('-', '_'), []);
    const mocksDir = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
    undo.push(() => rmSync(mocksDir, { recursive: true, force: true }));
    const environment = { ...database.settings, ...keySettingsWith({}), MOCKS_DIR: mocksDir };
    const shops = await openShops(database, environment, count);
    const servers: ServerProcess[] = [];
    for (const role of ['api', ...Array.from({ length: workers }, () => 'worker')]) {
      const module = join(import.meta.dirname, '../app.process.js');
      const started = await startServerProcess(module, { ...environment, ROLE: role });
      undo.push(async () => started.stop());
      servers.push(started);
    }
    const admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    undo.push(async () => admin.end());
    return new Site(name, admin, shops, servers);
  }

  get works(): boolean {
    return this.servers.length > 1;
  }

  /** Asks so many questions, and waits until each was received, and decided on where somebody works. */
  async ask(count: number, connections: number): Promise<Round> {
    const load = await startLoad(questions(this.shops, count, this.asked));
    try {
      const cpuBefore = await this.cpuMicros();
      const started = performance.now();
      const plan = { port: this.servers[0]!.port, connections, durationMs: longestMs, most: count };
      const result = await load.run(plan);
      if (result.failure) throw new Error(`${this.name}: ${result.failure}`);
      if (result.answers !== count) throw new Error(`${this.name}: ${result.answers} of ${count} answers`);
      this.asked += count;
      if (this.works) await this.untilDecided();
      const elapsedMs = this.works ? performance.now() - started : result.elapsedMs;
      const latency = this.works ? await this.untilDecisionMs(count) : result;
      return {
        requestsPerSecond: (count * 1_000) / elapsedMs,
        p50Ms: latency.p50Ms,
        p99Ms: latency.p99Ms,
        cpuMicros: ((await this.cpuMicros()) - cpuBefore) / count,
      };
    } finally {
      await load.stop();
    }
  }

  /** As autovacuum would by and by. */
  async gatherStatistics(): Promise<void> {
    await this.admin.query('VACUUM ANALYZE');
  }

  /** @throws Error unless each question has exactly one decision, for the reason that is to be, and a draft */
  async requireDecided(): Promise<void> {
    const { rows } = await this.admin.query<Record<'questions' | 'decided' | 'drafted', number>>(
      `SELECT (SELECT count(*)::int FROM messages) AS questions,
              (SELECT count(DISTINCT answers_id)::int FROM decisions WHERE verdict = 'hold' AND reason = 'ladder-drafts') AS decided,
              (SELECT count(*)::int FROM drafts) AS drafted`,
    );
    const found = rows[0]!;
    if (Object.values(found).some((each) => each !== this.asked) || (await this.decided()) !== this.asked)
      throw new Error(`${this.name}: ${this.asked} questions, but ${JSON.stringify(found)}`);
  }

  private async untilDecided(): Promise<void> {
    const deadline = performance.now() + longestMs;
    while ((await this.decided()) < this.asked) {
      if (performance.now() > deadline)
        throw new Error(`${this.name}: not decided in ${longestMs / 1_000} s`);
      await delay(50);
    }
  }

  private async decided(): Promise<number> {
    const { rows } = await this.admin.query<{ count: number }>('SELECT count(*)::int FROM decisions');
    return rows[0]!.count;
  }

  /** From receipt to decision, of the last so many. */
  private async untilDecisionMs(count: number): Promise<Pick<Round, 'p50Ms' | 'p99Ms'>> {
    const { rows } = await this.admin.query<Pick<Round, 'p50Ms' | 'p99Ms'>>(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS "p50Ms", percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS "p99Ms"
         FROM (SELECT 1000 * extract(epoch FROM decision.created_at - event.received_at) AS ms
                 FROM decisions decision
                 JOIN messages message ON message.organization_id = decision.organization_id AND message.id = decision.answers_id
                 JOIN webhook_events event ON event.payload -> 'message' ->> 'id' = message.vendor_message_id
                ORDER BY decision.id DESC LIMIT $1) latest`,
      [count],
    );
    return rows[0]!;
  }

  private async cpuMicros(): Promise<number> {
    const each = await Promise.all(this.servers.map(async (server) => server.cpuMicros()));
    return each.reduce((total, micros) => total + micros, 0);
  }
}
