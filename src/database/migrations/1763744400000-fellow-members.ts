import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Listing members costs about the same among few and among many (docs/performance.md, members-list-growth). */
export class FellowMembers1763744400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER POLICY fellow_members ON users USING (id IN (SELECT m.user_id FROM members m))',
    );
    // Members of one organization lie scattered over the table: a page of them is read from the index alone.
    await runner.query(`
      CREATE INDEX members_list_idx ON members (organization_id, id)
        INCLUDE (user_id, role, status, version, created_at, updated_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX members_list_idx');
    await runner.query(
      'ALTER POLICY fellow_members ON users USING (EXISTS (SELECT FROM members m WHERE m.user_id = users.id))',
    );
  }
}
