import { EmailMock } from '../../src/providers/messaging/email.mock.js';
import { emailContract } from './email.suite.js';
import { newMocks } from './mocks.js';

const { outbox, faults } = newMocks();

emailContract(() => ({
  provider: new EmailMock(outbox, faults),
  from: 'support@shop.example',
  recipient: 'ada.lovelace@example.com',
  ends: {
    undeliverable: 'bounce+1@example.com',
    throttled: 'throttle@example.com',
    unreachable: 'cut@example.com',
    timeout: 'timeout@example.com',
  },
  taken: async (id) => (await outbox.list()).filter(({ message }) => message['id'] === id).length,
}));
