import type { MigrationInterface, QueryRunner } from 'typeorm';

const problems = [
  'credentials-refused',
  'account-mismatch',
  'account-taken',
  'vendor-unavailable',
  'uninstalled',
] as const;
const among = (words: readonly string[]) =>
  `CHECK (problem IN (${words.map((word) => `'${word}'`).join(', ')}))`;

/** Accounts that an environment does not list, and how the first platform admin gets in. */
export class Environment1763744400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(problemsOf([...problems, 'account-not-listed']));
    await runner.query(platformEnrolments);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE platform_enrolments');
    await runner.query(problemsOf(problems));
  }
}

const problemsOf = (words: readonly string[]) => `
  ALTER TABLE connections DROP CONSTRAINT connections_problem_check,
    ADD CONSTRAINT connections_problem_check ${among(words)}`;

const platformEnrolments = `
  CREATE TABLE platform_enrolments (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    expires_at timestamptz(3) NOT NULL,
    redeemed_at timestamptz(3),
    voided_at timestamptz(3),
    CONSTRAINT platform_enrolments_token_hash_key UNIQUE (token_hash)
  );
  CREATE UNIQUE INDEX platform_enrolments_open_key ON platform_enrolments ((true))
    WHERE redeemed_at IS NULL AND voided_at IS NULL`;
