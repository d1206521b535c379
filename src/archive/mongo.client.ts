/**
 * How MongoDB is reached. Guarantees: no wait is longer than `patience`; the driver never repeats an operation by itself, on a
 * connection that nobody has asked for its stamp; what fails is told without any part of the URL.
 */
import { mongo } from 'mongoose';
import { StampError } from '../database/stamp.js';
import { MongoAwayError } from './mongo.state.js';

/** Milliseconds that a server is looked for, that it is given to take a connection, and to answer a question of ours. */
export const patience = 5_000;

/** Not connected yet. @throws MongoAwayError when the driver does not accept the URL's options */
export function mongoClient(url: string): mongo.MongoClient {
  try {
    return new mongo.MongoClient(url, {
      appName: 'bulkhead',
      serverSelectionTimeoutMS: patience,
      connectTimeoutMS: patience,
      // A repeated operation goes to whatever answers at that address by then.
      retryReads: false,
      retryWrites: false,
      maxPoolSize: 10,
      waitQueueTimeoutMS: patience,
    });
  } catch (error) {
    throw new MongoAwayError(error);
  }
}

/** Connects, works and closes again. @throws MongoAwayError also when it goes away in between */
export async function withMongo<Result>(
  url: string,
  work: (database: mongo.Db) => Promise<Result>,
): Promise<Result> {
  const client = mongoClient(url);
  try {
    await client.connect();
    return await work(client.db());
  } catch (error) {
    // Not only the driver's own errors: a socket that breaks under a write says so itself (EPIPE).
    throw error instanceof StampError ? error : new MongoAwayError(error);
  } finally {
    await client.close().catch(() => undefined);
  }
}
