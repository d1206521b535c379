/**
 * One connection to MongoDB, from a good stamp to its first loss. The driver replaces what breaks underneath by itself and
 * tells of it only afterwards; so what was lost once is closed and never used again. Guarantees: nobody is handed a connection
 * whose server was not asked for its stamp; work that still waits in a lost one fails, and reaches no other server.
 */
import { Mongoose, type Connection, type mongo } from 'mongoose';
import type { Settings } from '../config/settings.js';
import { mongoClient } from './mongo.client.js';
import { requireStampOf } from './mongo.stamp.js';

/** A loss that the driver does not tell of is found within this. Milliseconds. */
const askAgainMs = 5_000;

export class MongoPeriod {
  /** Resolves when it is over: the pool was lost, or it was closed. */
  readonly over: Promise<void>;
  private readonly client: mongo.MongoClient;
  private readonly end: () => void;
  private connection: Connection | undefined;
  /** Connections that the driver opened so far, and how many of them there were when the stamp was last asked for. */
  private opened = 0;
  private asked = -1;
  private asking: Promise<void> | undefined;
  private again: NodeJS.Timeout | undefined;

  /** @param onRefused is told when a stamp that was good is so no more */
  constructor(
    url: string,
    private readonly environment: Settings['environment'],
    private readonly onRefused: (error: unknown) => void,
  ) {
    this.client = mongoClient(url);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.end = resolve;
    this.client.on('connectionReady', () => this.onOpened());
    this.client.on('connectionPoolCleared', () => this.end());
  }

  /** @throws what the driver says, StampError. Whatever happens, the caller closes it. */
  async open(): Promise<void> {
    await this.client.connect();
    await this.ask();
    // Indexes and validators are migrations; and what cannot be sent now fails now.
    const mongoose = new Mongoose({ autoIndex: false, autoCreate: false, bufferCommands: false });
    this.connection = mongoose.createConnection().setClient(this.client);
    this.again = setInterval(() => this.askAnew(), askAgainMs).unref();
  }

  /** Of the connections there are now, the stamp has been asked for. @throws StampError, or what the driver says */
  async confirmed(): Promise<Connection> {
    await this.ask();
    if (!this.connection) throw new Error('not open');
    return this.connection;
  }

  async close(): Promise<void> {
    clearInterval(this.again);
    this.end();
    await this.client.close();
  }

  private askAnew(): void {
    this.asked = -1;
    void this.ask().catch(this.onRefused);
  }

  private onOpened(): void {
    this.opened += 1;
    // The first are asked by `open`; a later one also where nobody asks.
    if (this.connection) void this.ask().catch(this.onRefused);
  }

  /** Asks once for everybody who waits, and again when asking itself opened a connection. */
  private async ask(): Promise<void> {
    if (this.asked === this.opened) return;
    this.asking ??= this.askUntilQuiet().finally(() => (this.asking = undefined));
    await this.asking;
  }

  private async askUntilQuiet(): Promise<void> {
    while (this.asked !== this.opened) {
      const { opened } = this;
      // In turn: each answer is for the connections there were when it was asked.
      await requireStampOf(this.client.db(), this.environment);
      this.asked = opened;
    }
  }
}
