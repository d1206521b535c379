/**
 * A MongoDB database says itself which environment it belongs to: one document, written when it is provisioned and never
 * changed. The same guarantee as the stamp of Postgres (database/stamp.ts), compared in the same places: docs/archive.md.
 */
import { mongo } from 'mongoose';
import { StampError } from '../database/stamp.js';
import { environments, type Environment } from '../environment/environment.js';
import { patience, withMongo } from './mongo.client.js';

interface Stamp {
  readonly _id: 'only';
  readonly environment: string;
  readonly stampedAt: Date;
}

/** The primary is asked, whatever the URL prefers: a secondary may not have it yet. */
const stampIn = (database: mongo.Db) =>
  database.collection<Stamp>('environment_stamp', { readPreference: 'primary' });

/** @returns undefined when it has none, or one that no environment of ours has */
export async function stampOf(database: mongo.Db): Promise<Environment | undefined> {
  const found = await stampIn(database).findOne({ _id: 'only' }, { maxTimeMS: patience });
  return environments.find((name) => name === found?.environment);
}

/** @throws StampError */
export async function requireStampOf(database: mongo.Db, expected: Environment): Promise<void> {
  const found = await stampOf(database);
  if (found !== expected) throw new StampError(expected, found);
}

/** @throws MongoAwayError */
export async function readMongoStamp(url: string): Promise<Environment | undefined> {
  return withMongo(url, stampOf);
}

/** For a command, before it does anything. @throws StampError, MongoAwayError */
export async function requireMongoStamp(url: string, expected: Environment): Promise<void> {
  await withMongo(url, async (database) => requireStampOf(database, expected));
}

/**
 * Writes it where there is none; changes nothing where there is one.
 *
 * @throws StampError when there is another, MongoAwayError
 */
export async function writeMongoStamp(url: string, environment: Environment): Promise<void> {
  await withMongo(url, async (database) => {
    try {
      await stampIn(database).updateOne(
        { _id: 'only' },
        { $setOnInsert: { environment, stampedAt: new Date() } },
        { upsert: true, writeConcern: { w: 'majority', wtimeoutMS: patience } },
      );
    } catch (error) {
      // Another wrote it at the same moment: what it says is read below.
      if (!(error instanceof mongo.MongoServerError) || error.code !== 11_000) throw error;
    }
    await requireStampOf(database, environment);
  });
}
