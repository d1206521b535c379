import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { BuiltMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { unasked } from '../exchange.js';
import { MockFaults } from '../mock-faults.js';
import { ShopifyMock } from './shopify.mock.js';
import { ShopifyProvider } from './shopify.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: ShopifyProvider,
      inject: [Config, MockFaults],
      useFactory: (config: Config, faults: MockFaults) =>
        select(config.get('providers', { infer: true }).shopify, faults),
    },
  ],
  exports: [ShopifyProvider],
})
export class ShopifyModule {}

function select(mode: BuiltMode, faults: MockFaults): ShopifyProvider {
  switch (mode) {
    case 'mock':
      return new ShopifyMock(faults);
    case 'off':
      return {
        whoAmI: async () => unasked('shopify', 'whoAmI', nobodyAnswers),
        findOrders: async () =>
          unasked('shopify', 'findOrders', { kind: 'unavailable', reason: 'unreachable' }),
      };
  }
}
