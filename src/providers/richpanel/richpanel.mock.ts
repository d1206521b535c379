import type { WhoAmI } from '../account.js';
import { exchanged, type Answer, type Heard } from '../exchange.js';
import { statusUnder, whoAmIUnder, type MockFault, type MockFaults } from '../mock-faults.js';
import { mockTickets } from './mock-tickets.js';
import { RichpanelProvider, type RichpanelCredentials, type TicketOutcome } from './richpanel.provider.js';

const magicIds: Readonly<Record<string, Heard<TicketOutcome>>> = {
  'ticket-429': { outcome: { kind: 'throttled', retryAfterMs: 2_000 }, status: 429 },
  'ticket-503': { outcome: { kind: 'unavailable', reason: 'server-error' }, status: 503 },
};

/** The key `rp_mock_<workspace>` opens that workspace and no other. Every workspace has the same tickets. */
export class RichpanelMock extends RichpanelProvider {
  constructor(private readonly faults: MockFaults) {
    super();
  }

  async whoAmI(workspace: string, credentials: RichpanelCredentials): Promise<Answer<WhoAmI>> {
    return exchanged({ vendor: 'richpanel', operation: 'whoAmI', request: { workspace } }, async () => {
      const fault = await this.faults.next('richpanel', 'whoAmI');
      if (fault) return { outcome: whoAmIUnder(fault), status: statusUnder(fault) };
      const account = accountOf(credentials);
      if (!account) return { outcome: { kind: 'refused' }, status: 401 };
      return { outcome: { kind: 'account', account }, status: 200, response: { workspace: account } };
    });
  }

  async readTicket(credentials: RichpanelCredentials, id: string): Promise<Answer<TicketOutcome>> {
    return exchanged({ vendor: 'richpanel', operation: 'readTicket', request: { id } }, async () => {
      const fault = await this.faults.next('richpanel', 'readTicket');
      if (fault) return { outcome: outcomeUnder(fault), status: statusUnder(fault) };
      if (!accountOf(credentials)) return { outcome: { kind: 'refused' }, status: 401 };
      if (Object.hasOwn(magicIds, id)) return magicIds[id]!;
      const ticket = mockTickets.find((each) => each.id === id);
      if (!ticket) return { outcome: { kind: 'not-found' }, status: 404 };
      const response = { id, status: ticket.status, comments: ticket.comments.map((each) => each.id) };
      return { outcome: { kind: 'ticket', ticket }, status: 200, response };
    });
  }
}

function accountOf({ apiKey }: RichpanelCredentials): string | undefined {
  return /^rp_mock_([A-Za-z0-9._-]+)$/.exec(apiKey)?.[1];
}

function outcomeUnder(fault: MockFault): TicketOutcome {
  if (fault === 'throttled') return { kind: 'throttled', retryAfterMs: 2_000 };
  return fault === 'credentials-refused' ? { kind: 'refused' } : { kind: 'unavailable', reason: fault };
}
