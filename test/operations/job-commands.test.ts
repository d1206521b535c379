/** What an operator is shown of jobs that failed for good and of facts nobody claimed, and what is put back. */
import type { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadSettings, type Settings } from '../../src/config/settings.js';
import { platformOwner } from '../../src/connections/vendors.js';
import { UsageError } from '../../src/operations/failure.js';
import {
  deadLettersCommand,
  replayCommand,
  unclaimedCommand,
  type JobOptions,
} from '../../src/operations/job-commands.js';
import { completeSettings } from '../config/complete-settings.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let settings: Settings;
let admin: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  settings = database.settings();
  admin = await connect(database.adminUrl);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const [organization, other] = [uuidv7(), uuidv7()];
const eventId = uuidv7();
let letters: string[];

/** A job that died, planted. */
async function plantLetter(group: string, diedAt: string): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO pgboss.job_common (name, data, group_id, created_on, source_name, source_id, source_output, source_retry_count)
     VALUES ('handle-event-dead', $1, $2, $3, 'handle-event', $4, '{"error":"RangeError"}', 8) RETURNING id`,
    [{ eventId }, group, diedAt, uuidv7()],
  );
  return rows[0]!.id;
}
const waiting = async () => {
  const { rows } = await admin.query<{ name: string; group: string }>(
    `SELECT name, group_id AS group FROM pgboss.job_common WHERE state = 'created' ORDER BY name, group_id`,
  );
  return rows.map(({ name, group }) => `${name} of ${group === other ? 'the other' : 'the organization'}`);
};
const lettersOf = async (options: JobOptions) => {
  const { data } = await deadLettersCommand(settings, options);
  return (data as { deadLetters: { id: string }[] }).deadLetters.map(({ id }) => id);
};

test('before any application has declared its queues, no job has failed for good', async () => {
  expect(await deadLettersCommand(settings, {})).toEqual({
    lines: ['no job has failed for good'],
    data: { deadLetters: [] },
  });
  expect((await replayCommand(settings, { all: true })).data).toEqual({ replayed: 0 });
  await (await createApp(settings)).close();
});

describe('jobs that failed for good', () => {
  beforeEach(async () => {
    await admin.query(`DELETE FROM pgboss.job_common`);
    const days = ['2026-11-19T12:00:00Z', '2026-11-20T12:00:00Z', '2026-11-20T13:00:00Z'] as const;
    letters = [
      await plantLetter(organization, days[0]),
      await plantLetter(organization, days[1]),
      await plantLetter(other, days[2]),
    ];
  });

  test('each is a line with whose it is and why, the oldest first, and what to do next', async () => {
    const { lines, data } = await deadLettersCommand(settings, {});
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      `${letters[0]}  handle-event  ${organization}  2026-11-19T12:00:00.000Z  {"error":"RangeError"}`,
    );
    expect(lines[3]).toContain('replay --id');
    expect(data).toMatchObject({ deadLetters: letters.map((id) => ({ id, data: { eventId } })) });
  });

  test('filters narrow, each by itself and together', async () => {
    const [first, second, third] = letters as [string, string, string];
    expect(await lettersOf({ organization: other })).toEqual([third]);
    expect(await lettersOf({ id: [third, first] })).toEqual([first, third]);
    expect(await lettersOf({ before: '2026-11-20' })).toEqual([first]);
    expect(await lettersOf({ before: '2026-11-20T12:30:00Z', organization })).toEqual([first, second]);
    expect(await lettersOf({ organization: other, id: [first] })).toEqual([]);
    expect(await lettersOf({ job: 'handle-event' })).toEqual(letters);
    expect(await lettersOf({ job: 'split-deliveries' })).toEqual([]);
  });

  test('what is put back waits in its queue again, for its organization; the rest stays', async () => {
    const [first] = letters as [string];
    expect(await replayCommand(settings, { id: [first] })).toMatchObject({
      lines: ['put back: 1 job(s)', expect.stringContaining('next:')],
      data: { replayed: 1 },
    });
    const dead = 'handle-event-dead of';
    expect(await waiting()).toEqual([
      'handle-event of the organization',
      `${dead} the organization`,
      `${dead} the other`,
    ]);
    expect((await replayCommand(settings, { organization: other })).data).toEqual({ replayed: 1 });
    expect((await replayCommand(settings, { id: [first] })).data).toEqual({ replayed: 0 });
    expect((await replayCommand(settings, { all: true })).data).toEqual({ replayed: 1 });
    expect(await waiting()).toEqual([
      'handle-event of the organization',
      'handle-event of the organization',
      'handle-event of the other',
    ]);
  });

  test.each<[string, JobOptions]>([
    ['nothing', {}],
    ['an unknown job', { job: 'nonsense' }],
    ['a queue instead of a job', { job: 'handle-event-dead' }],
    ['no id', { id: ['nonsense'] }],
    ['an organization by its name', { organization: 'volt-motors-demo' }],
    ['no time', { before: 'yesterday' }],
  ])('who says %s puts nothing back', async (_what, options) => {
    await expect(replayCommand(settings, options)).rejects.toThrow(UsageError);
    expect((await waiting()).filter((each) => !each.startsWith('handle-event-dead'))).toEqual([]);
  });
});

test('S0.3: production refuses to put anything back by command', async () => {
  const production = loadSettings(completeSettings('production'), 'operate');
  expect(await replayCommand(production, { all: true })).toMatchObject({
    code: 77,
    data: { refused: 'platform-admin-only' },
  });
});

test('facts that nobody claimed are listed with where they came from, and without what they say', async () => {
  expect((await unclaimedCommand(settings)).lines).toEqual(['every fact was claimed']);
  const [endpoint, delivery] = [uuidv7(), uuidv7()];
  await admin.query(
    `INSERT INTO endpoints (id, key, provider, owner_id, secret) VALUES ($1, 'AAAAAAAAAAAAAAAAAAAAAA', 'shopify', $2, 'x')`,
    [endpoint, platformOwner],
  );
  await admin.query(
    `INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body, received_at)
     VALUES ($1, $2, $3, '{}', 'what it says', '2026-11-21T08:30:00Z')`,
    [delivery, endpoint, Buffer.alloc(32)],
  );
  for (const account of ['nobody.myshopify.com', null]) {
    await admin.query(
      `INSERT INTO webhook_unclaimed (id, delivery_id, fact_key, type, account, reason)
       VALUES ($1, $2, $4, 'orders/create', $3, 'not-connected')`,
      [uuidv7(), delivery, account, uuidv7()],
    );
  }
  const { lines, data } = await unclaimedCommand(settings);
  const line = (account: string) =>
    `2026-11-21T08:30:00.000Z  shopify  orders/create  ${account}  not-connected  delivery ${delivery}`;
  // The newest first.
  expect(lines).toEqual([line('(no account)'), line('nobody.myshopify.com')]);
  expect(JSON.stringify(data)).not.toContain('what it says');
});
