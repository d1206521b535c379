import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { ProviderMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { WhatsAppMock } from './whatsapp.mock.js';
import { WhatsAppProvider } from './whatsapp.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: WhatsAppProvider,
      inject: [Config],
      useFactory: (config: Config) => select(config.get('providers', { infer: true }).whatsapp),
    },
  ],
  exports: [WhatsAppProvider],
})
export class MessagingModule {}

function select(mode: ProviderMode): WhatsAppProvider {
  switch (mode) {
    case 'mock':
      return new WhatsAppMock();
    case 'off':
      return { whoAmI: async () => nobodyAnswers };
  }
}
