import { Global, Module } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { BuiltMode } from '../../environment/policy.js';
import { nobodyAnswers } from '../account.js';
import { unasked } from '../exchange.js';
import { MockFaults } from '../mock-faults.js';
import { MockOutbox } from '../mock-outbox.js';
import { EmailMock } from './email.mock.js';
import { EmailProvider } from './email.provider.js';
import { notAccepted } from './send-outcome.js';
import { WhatsAppMock } from './whatsapp.mock.js';
import { WhatsAppProvider } from './whatsapp.provider.js';

@Global()
@Module({
  providers: [
    {
      provide: WhatsAppProvider,
      inject: [Config, MockOutbox, MockFaults],
      useFactory: (config: Config, outbox: MockOutbox, faults: MockFaults) =>
        selectWhatsApp(config.get('providers', { infer: true }).whatsapp, outbox, faults),
    },
    {
      provide: EmailProvider,
      inject: [Config, MockOutbox, MockFaults],
      useFactory: (config: Config, outbox: MockOutbox, faults: MockFaults) =>
        selectEmail(config.get('providers', { infer: true }).email, outbox, faults),
    },
  ],
  exports: [WhatsAppProvider, EmailProvider],
})
export class MessagingModule {}

function selectWhatsApp(mode: BuiltMode, outbox: MockOutbox, faults: MockFaults): WhatsAppProvider {
  switch (mode) {
    case 'mock':
      return new WhatsAppMock(outbox, faults);
    case 'off':
      return {
        whoAmI: async () => unasked('whatsapp', 'whoAmI', nobodyAnswers),
        send: async (_credentials, message, permit) => {
          permit.use(message);
          return unasked('whatsapp', 'send', notAccepted('unreachable'));
        },
      };
  }
}

function selectEmail(mode: BuiltMode, outbox: MockOutbox, faults: MockFaults): EmailProvider {
  switch (mode) {
    case 'mock':
      return new EmailMock(outbox, faults);
    case 'off':
      return {
        send: async (message, permit) => {
          permit.use(message);
          return unasked('email', 'send', notAccepted('unreachable'));
        },
      };
  }
}
