import { expect, test } from 'vitest';
import sample from '../../scripts/webhooks/richpanel/ticket.updated.json' with { type: 'json' };
import { RichpanelMock } from '../../src/providers/richpanel/richpanel.mock.js';
import { newMocks } from './mocks.js';
import { richpanelContract } from './richpanel.suite.js';

const provider = new RichpanelMock(newMocks().faults);
const credentials = { apiKey: 'rp_mock_acme' };

richpanelContract(() => ({
  provider,
  workspace: 'acme',
  credentials,
  wrongCredentials: { apiKey: 'of-nobody' },
  ticketId: 'ticket-1002',
  email: 'grace@example.com',
  words: 'Order #1002 has come, thank you.',
  throttledId: 'ticket-429',
  unavailableId: 'ticket-503',
}));

test('the ticket that the sample deliveries speak of can be read', async () => {
  const { outcome } = await provider.readTicket(credentials, sample.ticketId);
  expect(outcome).toMatchObject({ kind: 'ticket', ticket: { id: sample.ticketId, status: 'OPEN' } });
});
