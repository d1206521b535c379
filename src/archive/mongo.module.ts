import { Global, Module } from '@nestjs/common';
import { MongoHealth } from './mongo.state.js';
import { Mongo } from './mongo.js';

/** Always there; connects only where `MONGO_URL` is set. */
@Global()
@Module({
  providers: [Mongo, { provide: MongoHealth, useExisting: Mongo }],
  exports: [Mongo, MongoHealth],
})
export class MongoModule {}
