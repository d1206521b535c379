/** The job that reads a ticket again at the help desk: its event says that it has changed, and nothing more can be trusted. */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OpenConnections } from '../connections/open-connections.js';
import { VendorCalls } from '../connections/vendor-call.js';
import { TenantDb } from '../database/tenant-db.js';
import { JobRunner } from '../jobs/job-runner.js';
import { RichpanelProvider, type TicketOutcome } from '../providers/richpanel/richpanel.provider.js';
import { TicketInbox } from '../support/ticket-inbox.js';
import { WebhookEvent } from './webhook-event.entity.js';

/** The help desk did not show it; it may later. */
export class TicketUnavailable extends Error {}

@Injectable()
export class ReadTicket implements OnModuleInit {
  private readonly logger = new Logger(ReadTicket.name);

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: OpenConnections,
    private readonly calls: VendorCalls,
    private readonly richpanel: RichpanelProvider,
    private readonly inbox: TicketInbox,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('read-ticket', async ({ eventId }) => this.read(eventId));
  }

  /** @throws TicketUnavailable; VendorCallRefused */
  private async read(id: string): Promise<void> {
    const event = await this.tenantDb.run((transaction) => transaction.findOneByOrFail(WebhookEvent, { id }));
    const { ticketId } = event.payload as { ticketId: string };
    const outcome = await this.ask(event.connectionId, ticketId);
    switch (outcome.kind) {
      case 'ticket':
        return this.inbox.take(event, outcome.ticket);
      case 'not-found':
        return this.logger.warn(`the ticket of event ${id} is not there, or no longer`);
      case 'throttled':
      case 'refused':
      case 'unavailable':
        throw new TicketUnavailable(outcome.kind);
    }
  }

  private async ask(connectionId: string, ticketId: string): Promise<TicketOutcome> {
    const connection = await this.connections.find(connectionId);
    if (!connection) throw new TicketUnavailable('its connection is not verified, or no longer');
    const { apiKey = '' } = connection.credentials;
    const key = { vendor: 'richpanel', connection: connection.id } as const;
    const ask = async () => this.richpanel.readTicket({ apiKey }, ticketId);
    return (await this.calls.call(key, 'readTicket', ask)).outcome;
  }
}
