/**
 * The one way to MongoDB while the application runs. Guarantees: with no `MONGO_URL` nothing is done; MongoDB being away never
 * ends the process, keeps the start waiting for two seconds at most, and is tried again at growing distances; a stamp of
 * another environment, or none, ends the connection for good, and the start where it is known by then.
 */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Connection } from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';
import { Config } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { StampError } from '../database/stamp.js';
import { MongoPeriod } from './mongo.period.js';
import { MongoAwayError, MongoHealth, type MongoState } from './mongo.state.js';

/** Milliseconds. */
const startPatience = 2_000;
const pauses = { first: 250, last: 30_000 };

@Injectable()
export class Mongo extends MongoHealth implements OnModuleInit, OnApplicationShutdown {
  private readonly url: string | undefined;
  private readonly environment: Settings['environment'];
  private readonly logger = new Logger(Mongo.name);
  private readonly stopping = new AbortController();
  private period: MongoPeriod | undefined;
  private isOpen = false;
  private refusal: StampError | undefined;
  private running: Promise<void> | undefined;

  constructor(config: Config) {
    super();
    this.url = config.get('mongoUrl', { infer: true });
    this.environment = config.get('environment', { infer: true });
  }

  override get state(): MongoState {
    if (this.url === undefined) return 'off';
    if (this.refusal) return 'refused';
    return this.isOpen ? 'up' : 'away';
  }

  /**
   * A connection whose stamp is good. Ask for it before every operation and keep it no longer: after a loss it is dead.
   *
   * @throws StampError, MongoAwayError
   */
  async ready(): Promise<Connection> {
    const { period } = this;
    if (this.refusal) throw this.refusal;
    if (!period || !this.isOpen) throw new MongoAwayError();
    try {
      return await period.confirmed();
    } catch (error) {
      this.refuse(error);
      await period.close().catch(() => undefined);
      throw error instanceof StampError ? error : new MongoAwayError(error);
    }
  }

  /** @throws StampError when it answers at once, and with the wrong stamp */
  async onModuleInit(): Promise<void> {
    const { url } = this;
    if (url === undefined) return;
    const first = Promise.withResolvers<void>();
    this.running = this.run(url, first.resolve);
    const waiting = new AbortController();
    await Promise.race([
      first.promise,
      delay(startPatience, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
    if (this.refusal) throw this.refusal;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.period?.close().catch(() => undefined);
    // What looks up a name cannot be called back, and must not be waited for.
    await Promise.race([this.running, delay(500, undefined, { ref: false })]);
  }

  /** One period after another. @param onTried after the first try, whatever came of it */
  private async run(url: string, onTried: () => void): Promise<void> {
    const { signal } = this.stopping;
    let pause = pauses.first;
    while (!signal.aborted && !this.refusal) {
      const wasOpen = await this.live(url, onTried);
      onTried();
      pause = wasOpen ? pauses.first : Math.min(pause * 2, pauses.last);
      if (this.refusal) return;
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @returns whether it was open, once it is over */
  private async live(url: string, onOpen: () => void): Promise<boolean> {
    try {
      const period = new MongoPeriod(url, this.environment, (error) => this.onDoubt(period, error));
      this.period = period;
      if (this.stopping.signal.aborted) return false;
      await period.open();
      this.isOpen = true;
      onOpen();
      await period.over;
      if (!this.stopping.signal.aborted)
        this.logger.warn('the connection to MongoDB is lost: connecting again');
      return true;
    } catch (error) {
      this.refuse(error);
      if (!this.refusal && !this.stopping.signal.aborted)
        this.logger.warn(`${new MongoAwayError(error).message}: trying again`);
      return false;
    } finally {
      this.isOpen = false;
      await this.period?.close().catch(() => undefined);
    }
  }

  /** A connection that the driver opened later is not good, or could not be asked. */
  private onDoubt(period: MongoPeriod, error: unknown): void {
    this.refuse(error);
    void period.close().catch(() => undefined);
  }

  private refuse(error: unknown): void {
    if (!(error instanceof StampError) || this.refusal) return;
    this.refusal = error;
    this.logger.error(`MongoDB is not used until the next start: ${error.message}`);
  }
}
