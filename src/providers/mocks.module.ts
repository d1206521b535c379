import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.module.js';
import { MockFaults } from './mock-faults.js';
import { MockFiles } from './mock-files.js';
import { MockOutbox } from './mock-outbox.js';

/** What all mocks share. Where none is chosen it holds no folder, and touches no file. */
@Global()
@Module({
  providers: [
    {
      provide: MockFiles,
      inject: [Config],
      useFactory: (config: Config) => new MockFiles(config.get('mocksDir', { infer: true })),
    },
    MockOutbox,
    MockFaults,
  ],
  exports: [MockOutbox, MockFaults],
})
export class MocksModule {}
