/** What every Richpanel provider does, the mock and the real one. */
import { expect, test } from 'vitest';
import type {
  RichpanelCredentials,
  RichpanelProvider,
} from '../../src/providers/richpanel/richpanel.provider.js';
import { outcomeOf } from './exchanges.js';

export interface RichpanelHarness {
  readonly provider: RichpanelProvider;
  readonly workspace: string;
  readonly credentials: RichpanelCredentials;
  readonly wrongCredentials: RichpanelCredentials;
  /** A ticket in which a customer wrote, and then one of ours. */
  readonly ticketId: string;
  /** Whose it is, in whatever case. */
  readonly email: string;
  /** What the customer wrote there. */
  readonly words: string;
  readonly throttledId: string;
  readonly unavailableId: string;
}

export function richpanelContract(newHarness: () => RichpanelHarness): void {
  const h = newHarness();
  const read = async (id: string, credentials = h.credentials) => {
    const answer = await h.provider.readTicket(credentials, id);
    return outcomeOf(answer, 'richpanel', 'readTicket', [h.credentials.apiKey, h.words, h.email]);
  };

  test('whoAmI names the workspace, and refuses a key that opens nothing', async () => {
    const answer = await h.provider.whoAmI(h.workspace, h.credentials);
    const outcome = outcomeOf(answer, 'richpanel', 'whoAmI', [h.credentials.apiKey]);
    expect(outcome).toEqual({ kind: 'account', account: h.workspace });
    expect((await h.provider.whoAmI(h.workspace, h.wrongCredentials)).outcome).toEqual({ kind: 'refused' });
  });

  test('a ticket: whole, its comments the oldest first, and who wrote them', async () => {
    const outcome = await read(h.ticketId);
    if (outcome.kind !== 'ticket') throw new Error(outcome.kind);
    const { id, status, comments, channel, customer } = outcome.ticket;
    expect([id, status]).toEqual([h.ticketId, expect.stringMatching(/^[A-Z]+$/)]);
    expect([channel, customer.email?.toLowerCase()]).toEqual(['email', h.email.toLowerCase()]);
    expect(comments.map(({ fromCustomer }) => fromCustomer)).toEqual([true, false]);
    expect(comments[0]!.plainBody).toBe(h.words);
    const times = comments.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted());
  });

  test('not found, refused, throttled and unavailable are told apart', async () => {
    for (const id of ['no-such-ticket', '', '__proto__', `${h.ticketId}/`]) {
      expect(await read(id)).toEqual({ kind: 'not-found' });
    }
    expect(await read(h.ticketId, h.wrongCredentials)).toEqual({ kind: 'refused' });
    expect(await read(h.throttledId)).toEqual({ kind: 'throttled', retryAfterMs: expect.any(Number) });
    expect(await read(h.unavailableId)).toEqual({ kind: 'unavailable', reason: expect.any(String) });
  });
}
