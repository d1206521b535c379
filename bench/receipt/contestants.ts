/** Who takes part: each with a database of its own, the same endpoint and the same deliveries. */
import { join } from 'node:path';
import type { BenchServer } from '../bench-database.js';
import type { Field } from '../field.js';
import { keySettingsWith } from '../keys.js';
import { deliveries, endpointSeed, type BenchEndpoint } from './data.js';
import { Receipts } from './stored.js';

interface Course {
  readonly server: BenchServer;
  readonly field: Field;
  readonly endpoint: BenchEndpoint;
}

/** What the bare receiver stores into: the least that still knows what came when. */
const bareTable = `
  CREATE TABLE bare_deliveries (
    id uuid PRIMARY KEY,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL
  )`;

export async function addApp({ server, field, endpoint }: Course, name: string): Promise<Receipts> {
  const database = await server.createDatabase('receipt', [endpointSeed(endpoint)]);
  const receipts = new Receipts({ name, database, table: 'webhook_deliveries', enqueues: true });
  const entry = { name, requests: deliveries(endpoint), check: receipts.check };
  await field.addApp(entry, database, keySettingsWith({ CREDENTIAL_KEYS: endpoint.credentialKey }));
  return receipts;
}

/** @param table its own, or the application's, with the application's keys */
export async function addBare(
  { server, field, endpoint }: Course,
  name: string,
  table: 'bare_deliveries' | 'webhook_deliveries',
): Promise<Receipts> {
  const database = await server.createDatabase(table, [endpointSeed(endpoint), bareTable]);
  const receipts = new Receipts({ name, database, table, enqueues: false });
  const entry = { name, requests: deliveries(endpoint), check: receipts.check };
  await field.add(entry, join(import.meta.dirname, 'bare.process.js'), {
    DATABASE_URL: database.superuserUrl,
    BARE_TABLE: table,
    ENDPOINT_ID: endpoint.id,
    ENDPOINT_KEY: endpoint.key,
    SECRET: endpoint.openSecret,
  });
  return receipts;
}
