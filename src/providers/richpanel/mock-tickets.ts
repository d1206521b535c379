import type { RichpanelTicket } from './richpanel.provider.js';

/** The tickets that every workspace at the mock has (docs/mocks.md). */
export const mockTickets: readonly RichpanelTicket[] = [
  {
    // The one that the sample deliveries of `npm run webhook` speak of.
    id: 'api-volt-motors-demo-5f0c2b7e-8d14-4a6b-9e31-7c85d2f0a946',
    channel: 'email',
    customer: { email: 'mara@lindqvist.example', name: 'Mara Lindqvist' },
    status: 'OPEN',
    subject: 'Where is my order #1001?',
    comments: [
      {
        id: 'comment-1',
        createdAt: '2026-11-20T09:00:00.000Z',
        plainBody: 'Hello, where is my order #1001?',
        fromCustomer: true,
      },
    ],
    tags: ['tag-shipping'],
  },
  {
    id: 'ticket-1002',
    channel: 'email',
    customer: { email: 'Grace@Example.com', name: 'Grace' },
    status: 'CLOSED',
    subject: 'Thank you',
    comments: [
      {
        id: 'comment-2',
        createdAt: '2026-11-13T12:00:00.000Z',
        plainBody: 'Order #1002 has come, thank you.',
        fromCustomer: true,
      },
      {
        id: 'comment-3',
        createdAt: '2026-11-13T12:10:00.000Z',
        plainBody: 'You are welcome!',
        fromCustomer: false,
      },
    ],
    tags: [],
  },
  { id: 'ticket-empty', channel: 'email', customer: {}, status: 'OPEN', comments: [], tags: [] },
  {
    // Nobody knows who called.
    id: 'ticket-call',
    channel: 'aircall',
    customer: {},
    status: 'OPEN',
    comments: [
      {
        id: 'comment-4',
        createdAt: '2026-11-14T08:00:00.000Z',
        plainBody: 'Missed call',
        fromCustomer: true,
      },
    ],
    tags: [],
  },
];
