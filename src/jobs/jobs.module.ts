import { Global, Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { DeadLetters } from './dead-letters.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';

@Global()
@Module({
  imports: [HttpModule],
  providers: [JobQueue, Jobs, JobRunner, DeadLetters],
  exports: [Jobs, JobRunner, DeadLetters],
})
export class JobsModule {}
