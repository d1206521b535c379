import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bodies may come compressed by the application, and what an organization has waiting can be counted. */
export class PackedBodies1763733600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // 8160 is the most Postgres takes: what fits on a page stays in its row instead of going to a table of pieces.
    await runner.query(`
      ALTER TABLE webhook_deliveries
        ADD COLUMN body_encoding text NOT NULL DEFAULT 'identity' CHECK (body_encoding IN ('identity', 'br')),
        SET (toast_tuple_target = 8160)`);
    // What an organization has waiting is counted whenever it enqueues (`jobs/jobs.ts`).
    await runner.query(`
      CREATE INDEX bulkhead_waiting ON pgboss.job_common (name, group_id)
       WHERE state < 'active' AND group_id IS NOT NULL`);
  }

  /** Refused while there are bodies that only this column says how to read. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX pgboss.bulkhead_waiting');
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM webhook_deliveries WHERE body_encoding <> 'identity') THEN
          RAISE EXCEPTION 'some bodies are compressed, and only body_encoding tells which';
        END IF;
      END $$`);
    await runner.query(
      'ALTER TABLE webhook_deliveries DROP COLUMN body_encoding, RESET (toast_tuple_target)',
    );
  }
}
