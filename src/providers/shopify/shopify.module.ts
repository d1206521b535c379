import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { ProviderMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { ShopifyMock } from './shopify.mock.js';
import { ShopifyProvider } from './shopify.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: ShopifyProvider,
      inject: [Config],
      useFactory: (config: Config) => select(config.get('providers', { infer: true }).shopify),
    },
  ],
  exports: [ShopifyProvider],
})
export class ShopifyModule {}

function select(mode: ProviderMode): ShopifyProvider {
  switch (mode) {
    case 'mock':
      return new ShopifyMock();
    case 'off':
      return { whoAmI: async () => nobodyAnswers };
  }
}
