import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { ProviderMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { RichpanelMock } from './richpanel.mock.js';
import { RichpanelProvider } from './richpanel.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: RichpanelProvider,
      inject: [Config],
      useFactory: (config: Config) => select(config.get('providers', { infer: true }).richpanel),
    },
  ],
  exports: [RichpanelProvider],
})
export class RichpanelModule {}

function select(mode: ProviderMode): RichpanelProvider {
  switch (mode) {
    case 'mock':
      return new RichpanelMock();
    case 'off':
      return { whoAmI: async () => nobodyAnswers };
  }
}
