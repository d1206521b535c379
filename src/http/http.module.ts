import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { InputPipe } from './input.pipe.js';
import { HttpMetrics } from './metrics.js';
import { ProblemFilter } from './problem.filter.js';

@Module({
  providers: [
    HttpMetrics,
    { provide: APP_PIPE, useClass: InputPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [HttpMetrics],
})
export class HttpModule {}
