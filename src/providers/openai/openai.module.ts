import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { BuiltMode } from '../../environment/policy.js';
import { unasked } from '../exchange.js';
import { MockFaults } from '../mock-faults.js';
import { OpenAiMock } from './openai.mock.js';
import { OpenAiProvider } from './openai.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: OpenAiProvider,
      inject: [Config, MockFaults],
      useFactory: (config: Config, faults: MockFaults) =>
        select(config.get('providers', { infer: true }).openai, faults),
    },
  ],
  exports: [OpenAiProvider],
})
export class OpenAiModule {}

function select(mode: BuiltMode, faults: MockFaults): OpenAiProvider {
  switch (mode) {
    case 'mock':
      return new OpenAiMock(faults);
    case 'off':
      return { draft: async () => unasked('openai', 'draft', { kind: 'unknown', reason: 'unreachable' }) };
  }
}
