import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { BuiltMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { unasked } from '../exchange.js';
import { MockFaults } from '../mock-faults.js';
import { RichpanelMock } from './richpanel.mock.js';
import { RichpanelProvider } from './richpanel.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: RichpanelProvider,
      inject: [Config, MockFaults],
      useFactory: (config: Config, faults: MockFaults) =>
        select(config.get('providers', { infer: true }).richpanel, faults),
    },
  ],
  exports: [RichpanelProvider],
})
export class RichpanelModule {}

function select(mode: BuiltMode, faults: MockFaults): RichpanelProvider {
  switch (mode) {
    case 'mock':
      return new RichpanelMock(faults);
    case 'off':
      return {
        whoAmI: async () => unasked('richpanel', 'whoAmI', nobodyAnswers),
        readTicket: async () =>
          unasked('richpanel', 'readTicket', { kind: 'unavailable', reason: 'unreachable' }),
      };
  }
}
