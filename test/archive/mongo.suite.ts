/** A MongoDB database says itself which environment it belongs to, and nobody gets a connection to another's (S0.1). */
import { mongo } from 'mongoose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { Mongo } from '../../src/archive/mongo.js';
import { MongoAwayError } from '../../src/archive/mongo.state.js';
import { readMongoStamp, requireMongoStamp, writeMongoStamp } from '../../src/archive/mongo.stamp.js';
import { StampError } from '../../src/database/stamp.js';
import { mongoStampViolation } from '../../src/operations/mongo-stamp-violation.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { MongoServer } from './mongo-server.js';

let server: MongoServer;
let t: TestApp;
let name: string;
let url: string;
beforeAll(async () => {
  [server, t] = await Promise.all([MongoServer.start(), startTestApp()]);
  ({ name } = t.database);
  url = server.url(name);
});
afterAll(async () => {
  await t.close();
  await server.stop();
});
beforeEach(() => server.restamp(name, 'local'));

describe('the stamp', () => {
  test('is written where there is none, and stays what it is', async () => {
    await server.restamp(name, undefined);
    expect(await readMongoStamp(url)).toBeUndefined();
    await writeMongoStamp(url, 'local');
    await Promise.all([writeMongoStamp(url, 'local'), writeMongoStamp(url, 'local')]);
    expect(await readMongoStamp(url)).toBe('local');
    const kept = await server.within(name, async (db) => db.collection('environment_stamp').find().toArray());
    expect(kept).toEqual([{ _id: 'only', environment: 'local', stampedAt: expect.any(Date) as Date }]);
  });

  test('of two that are written at once is one', async () => {
    await server.restamp(name, undefined);
    const written = await Promise.allSettled([
      writeMongoStamp(url, 'local'),
      writeMongoStamp(url, 'staging'),
    ]);
    const stays = await readMongoStamp(url);
    expect(['local', 'staging']).toContain(stays);
    expect(written.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('of another environment is refused, and nothing of it is changed', async () => {
    await expect(writeMongoStamp(url, 'staging')).rejects.toThrow(StampError);
    await expect(requireMongoStamp(url, 'staging')).rejects.toThrow('says local, and this is staging');
    expect(await readMongoStamp(url)).toBe('local');
    expect(await mongoStampViolation({ MONGO_URL: url }, 'staging')).toEqual({
      setting: 'MONGO_URL',
      problem: expect.stringContaining('the stamp of the database says local') as string,
    });
    expect(await mongoStampViolation({ MONGO_URL: url }, 'local')).toBeUndefined();
  });

  test.each([undefined, 'constructor'])('that is %s is none, and is refused', async (word) => {
    await server.restamp(name, word);
    await expect(requireMongoStamp(url, 'local')).rejects.toThrow('has no stamp');
    expect(await mongoStampViolation({ MONGO_URL: url }, 'local')).toMatchObject({ setting: 'MONGO_URL' });
  });
});

describe('the application', () => {
  const opened: Awaited<ReturnType<typeof createApp>>[] = [];
  const start = async (role: string) => {
    const app = await createApp(t.database.settings({ MONGO_URL: url, ROLE: role }));
    opened.push(app);
    const readiness = async () => {
      const { statusCode, body } = await app.getHttpAdapter().getInstance().inject('/readyz');
      return { statusCode, body: JSON.parse(body) as unknown };
    };
    return { archive: app.get(Mongo), readiness };
  };
  const closeAll = async () => {
    const from = performance.now();
    await Promise.all(opened.splice(0).map(async (app) => app.close()));
    return performance.now() - from;
  };
  afterEach(closeAll);
  const insert = async (archive: Mongo) => {
    const connection = await archive.ready();
    return connection.collection('slices').insertOne({ at: new Date() });
  };

  test.each(['api', 'worker'])('as %s starts with it, and can write', async (role) => {
    const { archive, readiness } = await start(role);
    expect(await readiness()).toEqual({ statusCode: 200, body: { status: 'ok', mongo: 'up' } });
    expect((await insert(archive)).acknowledged).toBe(true);
    const kept = await archive.ready();
    expect(await closeAll()).toBeLessThan(3_000);
    await expect(kept.collection('slices').findOne(), 'closed').rejects.toThrow(mongo.MongoError);
    expect(archive.state).toBe('away');
  });

  test.each(['staging', undefined])('does not start where the stamp is %s', async (stamp) => {
    await server.restamp(name, stamp);
    await expect(start('api')).rejects.toThrow(StampError);
    await expect(start('worker')).rejects.toThrow(StampError);
  });

  test('goes on by itself when the server was away; a connection from before stays dead', async () => {
    const { archive, readiness } = await start('api');
    const before = await archive.ready();
    await server.goAway();
    await expect.poll(readiness).toEqual({ statusCode: 200, body: { status: 'degraded', mongo: 'away' } });
    await expect(archive.ready()).rejects.toThrow(MongoAwayError);
    await server.comeBack();
    await expect.poll(() => archive.state, { timeout: 20_000 }).toBe('up');
    expect((await insert(archive)).acknowledged).toBe(true);
    await expect(before.collection('slices').insertOne({ from: 'before' })).rejects.toThrow(mongo.MongoError);
  });

  test('refuses another server at the same address; what was on its way reaches it not', async () => {
    await server.goAway();
    await server.comeBack('another');
    await server.restamp(name, 'staging');
    await server.goAway();
    await server.comeBack();
    const { archive, readiness } = await start('api');
    const before = await archive.ready();
    await server.goAway();
    const late = before.collection('slices').insertOne({ from: 'local' });
    const failed = late.catch((error: unknown) => error);
    await server.comeBack('another');
    await expect.poll(() => archive.state, { timeout: 20_000 }).toBe('refused');
    // The driver's error, or the broken socket's own.
    expect(await failed).toBeInstanceOf(Error);
    await expect(archive.ready()).rejects.toThrow(StampError);
    expect(await readiness()).toEqual({ statusCode: 200, body: { status: 'degraded', mongo: 'refused' } });
    const strays = await server.within(name, async (db) => db.collection('slices').countDocuments());
    expect(strays).toBe(0);
    await server.restamp(name, 'local');
    await expect(archive.ready(), 'for good').rejects.toThrow(StampError);
    await closeAll();
    await server.goAway();
    await server.comeBack();
  });

  test('is asked again when the driver opens another connection', async () => {
    const { archive } = await start('api');
    const connection = await archive.ready();
    await server.restamp(name, 'staging');
    // More at once than there are connections: the driver opens others, and only says so.
    const several = Array.from({ length: 8 }, async () => connection.collection('slices').findOne());
    await Promise.allSettled(several);
    await expect.poll(() => archive.state, { timeout: 10_000 }).toBe('refused');
    await expect(archive.ready()).rejects.toThrow(StampError);
  });
});
